// SPDX-License-Identifier: Apache-2.0
// The front over TLS: what holds without it holds with it, and a handshake is as bounded as a
// request.
#include <atomic>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/fakes/test_certificates.h"
#include "tests/integration/http/test_client.h"
#include "tests/integration/http/test_server.h"

namespace numproof {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Mode = TlsServerContext::ClientCertificate;
using Context = std::shared_ptr<const TlsServerContext>;

constexpr const char* kFailed = "numproof_http_tls_handshakes_failed_total";

std::string get(std::string_view target, std::string_view fields = "") {
    return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string{target} +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string{body};
}

/// One authority for servers and callers.
class TlsFront : public testing::Test {
protected:
    Context context(Mode mode = Mode::none, bool only_tls13 = false) {
        const auto own = certificates_.make("IP:127.0.0.1");
        const auto made = TlsServerContext::make(
            {.certificate_file = own.certificate,
             .key_file = own.key,
             .client_ca_file = certificates_.authority(),
             .client_certificate = mode,
             .only_tls13 = only_tls13}
        );
        EXPECT_TRUE(made.has_value()) << made.error().detail;
        return *made;
    }

    TlsCaller caller(int version = 0) {
        return {.authority = certificates_.authority(), .version = version};
    }

    TlsCaller caller_with(const TestCertificates::Files& files, int version = 0) {
        return {
            .authority = certificates_.authority(),
            .certificate = files.certificate,
            .key = files.key,
            .version = version};
    }

    static bool failed(const TestServer& server, std::string_view reason, double count = 1) {
        return TestServer::eventually([&] { return server.metric(kFailed, reason) == count; });
    }

    TestCertificates certificates_;
};

TEST_F(TlsFront, ServesBothVersionsAndSaysFarewell) {
    TestServer server{{}, {}, context()};
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TestClient client{server.port, caller(version)};
        ASSERT_THAT(client.alarm(), IsEmpty());

        client.send(get("/one"));
        EXPECT_THAT(client.read_answer(), HasSubstr("GET /one"));
        const auto last = client.exchange(post("/two", "abc") + get("/3", "Connection: close\r\n"));

        EXPECT_THAT(last, HasSubstr("POST /two abc"));
        EXPECT_THAT(last, HasSubstr("GET /3"));
        EXPECT_TRUE(client.farewell());
    }
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
}

TEST_F(TlsFront, RefusesOlderVersions) {
    TestServer modern{{}, {}, context()};
    TestServer newest{{}, {}, context(Mode::none, true)};

    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        EXPECT_THAT(TestClient(modern.port, caller(version)).alarm(), Not(IsEmpty()));
    }
    EXPECT_THAT(TestClient(newest.port, caller(TLS1_2_VERSION)).alarm(), HasSubstr("protocol"));
    EXPECT_THAT(TestClient(newest.port, caller(TLS1_3_VERSION)).alarm(), IsEmpty());
    EXPECT_TRUE(failed(modern, "protocol", 2));
}

TEST_F(TlsFront, AnswersARequestThatIsCutAnywhere) {
    TestServer server{{}, {}, context()};
    const auto request = post("/cut", "abcdef");
    TestClient client{server.port, caller()};

    for (std::size_t at = 1; at < request.size(); ++at) {
        client.send(request.substr(0, at));
        client.send(request.substr(at));
        ASSERT_THAT(client.read_answer(), HasSubstr("POST /cut abcdef")) << at;
    }
}

TEST_F(TlsFront, AnswersPipelinedRequestsInOrderHoweverMany) {
    TestServer server{{}, {}, context()};
    TestClient client{server.port, caller()};
    const std::string body(3000, 'b');
    std::string first = get("/later");
    for (int i = 0; i < 60; ++i) {
        first += post("/p" + std::to_string(i), body);
    }

    // More than is read ahead, while the first of them waits for its answer; then silence.
    std::thread sender{[&] { client.send(first); }};
    ASSERT_TRUE(TestServer::eventually([&] { return server.handler.waits > 20; }));
    server.handler.gate_open = true;

    ASSERT_THAT(client.read_answer(), HasSubstr("GET /later"));
    for (int i = 0; i < 60; ++i) {
        ASSERT_THAT(client.read_answer(), HasSubstr("POST /p" + std::to_string(i) + " bbb")) << i;
    }
    sender.join();
}

TEST_F(TlsFront, GivesALargeAnswerToWhoHasSaidFarewell) {
    TestServer server{{}, {}, context()};
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TestClient client{server.port, caller(version)};
        client.send(get("/large"));
        client.half_close();

        EXPECT_GT(client.read_answer().size(), 1'000'000U) << version;
    }
}

TEST_F(TlsFront, RefusesNonsenseInsideAsWithoutTls) {
    TestServer server{{}, {}, context()};

    struct Case {
        std::string request;
        int status;
    };

    const std::vector<Case> cases{
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"\x16\x03\x01\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n", 413},
        {"GET /" + std::string(9000, 'u') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    };
    for (const auto& [request, status] : cases) {
        TestClient client{server.port, caller()};
        EXPECT_EQ(status_of_answer(client.exchange(request)), status) << request.substr(0, 60);
        EXPECT_TRUE(client.farewell());
    }
    EXPECT_EQ(server.handler.handled, 0);
}

TEST_F(TlsFront, ClosesOnWhoDoesNotSpeakTlsWithoutAWordOfHttp) {
    TestServer server{{}, {}, context()};

    const auto told = TestClient{server.port}.exchange(get("/"));

    EXPECT_THAT(told, Not(HasSubstr("HTTP")));
    EXPECT_TRUE(failed(server, "plaintext"));
    EXPECT_EQ(server.handler.handled, 0);
}

TEST_F(TlsFront, EndsAHandshakeThatTakesTooLongOrIsCut) {
    HttpServerOptions options;
    options.timeouts.tls_handshake = Milliseconds{100};
    TestServer server{options, {}, context()};
    TestClient silent{server.port};
    TestClient slow{server.port};
    slow.send("\x16\x03\x01");

    // No 408: it could not read it.
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_EQ(slow.read_to_end(), "");
    EXPECT_TRUE(failed(server, "timeout", 2));
    { TestClient cut{server.port}; }
    EXPECT_TRUE(failed(server, "cut"));
    TestClient reset{server.port};
    reset.send("\x16\x03\x01");
    reset.reset();
    EXPECT_TRUE(failed(server, "cut", 2));
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
}

TEST_F(TlsFront, CountsConnectionsInTheirHandshake) {
    TestServer server{{}, {.total = 10, .per_address = 2}, context()};
    TestClient first{server.port};
    TestClient second{server.port};
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 2; }));

    EXPECT_THAT(TestClient(server.port, caller()).alarm(), Not(IsEmpty()));
}

TEST_F(TlsFront, TellsWhoIsTooManyInsideTls) {
    TestServer server{{}, {.total = 1, .per_address = 10}, context()};
    TestClient first{server.port, caller()};
    TestClient second{server.port, caller()};

    EXPECT_EQ(status_of_answer(second.exchange(get("/"))), 503);
}

TEST_F(TlsFront, ShowsOnlyTheCertificatesOfItsFile) {
    TestServer server{{}, {}, context(Mode::optional)};

    EXPECT_EQ(TestClient(server.port, caller()).shown(), 1);
}

TEST_F(TlsFront, ReadsWhatComesAfterTheLastAnswer) {
    TestServer server{{}, {}, context()};
    TestClient client{server.port, caller()};
    ASSERT_TRUE(client.send(get("/later", "Connection: close\r\n") + std::string(200'000, 'x')));
    ASSERT_TRUE(TestServer::eventually([&] { return server.handler.waits > 0; }));
    server.handler.gate_open = true;

    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));

    EXPECT_FALSE(client.was_reset());
    EXPECT_THAT(client.read_to_end(), HasSubstr("GET /later"));
    EXPECT_TRUE(client.farewell());
}

TEST_F(TlsFront, AsksForCertificatesAsItIsTold) {
    TestCertificates strangers;
    const auto known = certificates_.make("DNS:caller");
    const auto expired = certificates_.make("DNS:caller", -1);
    const auto stranger = strangers.make("DNS:caller");
    TestServer optional{{}, {}, context(Mode::optional)};
    TestServer required{{}, {}, context(Mode::required)};
    const auto status = [](TestServer& server, const TlsCaller& caller) {
        TestClient client{server.port, caller};
        const auto answer = client.exchange(get("/", "Connection: close\r\n"));
        return client.alarm().empty() ? std::to_string(status_of_answer(answer)) : client.alarm();
    };

    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_EQ(status(optional, caller(version)), "200");
        EXPECT_EQ(status(optional, caller_with(known, version)), "200");
        EXPECT_EQ(status(required, caller_with(known, version)), "200");
        EXPECT_THAT(status(required, caller(version)), HasSubstr("alert"));
        for (auto* server : {&optional, &required}) {
            EXPECT_THAT(status(*server, caller_with(stranger, version)), HasSubstr("alert"));
            EXPECT_THAT(status(*server, caller_with(expired, version)), HasSubstr("alert"));
        }
    }
    EXPECT_TRUE(failed(optional, "certificate", 4));
    EXPECT_TRUE(failed(required, "certificate", 6));
    EXPECT_EQ(optional.handler.handled, 4);
    EXPECT_EQ(required.handler.handled, 2);
}

TEST_F(TlsFront, ChangesItsCertificateWithoutLosingARequest) {
    const auto before = context();
    HttpServerOptions patient;
    // The connection that is kept asks last of all.
    patient.timeouts.head = std::chrono::minutes{1};
    TestServer server{patient, {}, before};
    std::atomic<bool> enough{false};
    std::atomic<int> lost{0};
    std::atomic<int> answered{0};
    std::vector<std::thread> askers;
    for (int i = 0; i < 8; ++i) {
        askers.emplace_back([&, i] {
            std::unique_ptr<TestClient> client;
            while (!enough) {
                // One half keeps its connections, the other makes a new one for each request.
                if (!client || i % 2 == 0) {
                    client = std::make_unique<TestClient>(server.port, caller());
                }
                client->send(get("/"));
                const bool good = status_of_answer(client->read_answer()) == 200;
                (good ? answered : lost).fetch_add(1);
            }
        });
    }
    TestClient kept{server.port, caller()};
    const auto old_name = kept.peer_name();

    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i) {
        const std::vector<Context> fresh{context()};
        server.on_loop([&] { server.server->adopt({}, fresh); });
        names.push_back(TestClient(server.port, caller()).peer_name());
    }
    kept.send(get("/kept"));
    EXPECT_THAT(kept.read_answer(), HasSubstr("GET /kept"));
    enough = true;
    for (auto& asker : askers) {
        asker.join();
    }

    EXPECT_THAT(names, Not(testing::Contains(old_name)));
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    EXPECT_EQ(lost, 0);
    EXPECT_GT(answered, 20);
}

TEST_F(TlsFront, AdoptsNothingForAListenerWithoutTls) {
    TestServer server;
    const std::vector<Context> tls{context()};

    server.on_loop([&] { server.server->adopt({}, tls); });

    EXPECT_EQ(
        status_of_answer(TestClient{server.port}.exchange(get("/", "Connection: close\r\n"))), 200
    );
}

TEST_F(TlsFront, DrainsWithoutCuttingAHandshake) {
    HttpServerOptions options;
    options.timeouts.head = Milliseconds{60'000};
    TestServer server{options, {}, context()};
    TestClient idle{server.port, caller()};
    TestClient later{server.port};
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 2; }));

    server.on_loop([&] { server.server->begin_drain(); });
    EXPECT_EQ(idle.read_to_end(), "");
    idle.half_close();
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 1; }));
    later.shake_hands(caller());

    EXPECT_THAT(later.alarm(), IsEmpty());
    EXPECT_EQ(server.metric(kFailed, "timeout"), 0);
    // Asks nothing now: closed long before the time for a request's head is over.
    EXPECT_EQ(later.read_to_end(), "");
    EXPECT_TRUE(later.farewell());
}

TEST_F(TlsFront, DrainsWithoutLosingAnAnswer) {
    TestServer server{{}, {}, context()};
    TestClient idle{server.port, caller()};
    TestClient busy{server.port, caller()};
    TestClient in_handshake{server.port};
    busy.send(get("/later"));
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->in_flight() == 1; }));

    server.on_loop([&] { server.server->begin_drain(); });
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_TRUE(idle.farewell());
    server.handler.gate_open = true;

    EXPECT_THAT(busy.read_to_end(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(busy.farewell());
    idle.half_close();
    busy.half_close();
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
}

}  // namespace
}  // namespace numproof
