// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/http_server.h"

#include <optional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/integration/http/test_client.h"
#include "tests/integration/http/test_server.h"

namespace numproof {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view fields = "") {
    return "POST " + std::string{path} +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{fields} + "\r\n" + std::string{body};
}

TEST(HttpServer, AnswersTheSameWhereverARequestIsCut) {
    TestServer server;
    TestClient client{server.port};
    TestClient other{server.port};
    const auto request = post("/verify/abcdef", "{\"a\":1}");

    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        client.send(std::string_view{request}.substr(0, cut));
        // An answer on another connection: the first part has been read by then.
        other.send(get("/"));
        ASSERT_EQ(status_of_answer(other.read_answer()), 200);
        client.send(std::string_view{request}.substr(cut));

        const auto answer = client.read_answer();

        ASSERT_EQ(status_of_answer(answer), 200) << cut;
        ASSERT_TRUE(answer.ends_with("\r\n\r\nPOST /verify/abcdef {\"a\":1}")) << cut << answer;
    }
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
    TestServer server;
    std::mt19937 random{20261122};
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += post("/" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'b'));
    }
    for (int round = 0; round < 20; ++round) {
        TestClient client{server.port};
        for (std::size_t sent = 0; sent < all.size();) {
            const auto size = std::min<std::size_t>(all.size() - sent, 1 + random() % 900);
            client.send(std::string_view{all}.substr(sent, size));
            sent += size;
        }
        for (int i = 0; i < 50; ++i) {
            EXPECT_THAT(client.read_answer(), HasSubstr("POST /" + std::to_string(i) + " "));
        }
    }
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrderWhenTheFirstTakesItsTime) {
    TestServer server;
    TestClient client{server.port};

    client.send(get("/later") + get("/1") + get("/later") + get("/2"));
    ASSERT_TRUE(TestServer::eventually([&] { return server.handler.waits > 0; }));
    EXPECT_EQ(server.handler.handled, 1);
    server.handler.gate_open = true;

    for (const auto* path : {"/later", "/1", "/later", "/2"}) {
        EXPECT_THAT(client.read_answer(), HasSubstr("GET " + std::string{path} + " "));
    }
}

TEST(HttpServer, NeverRunsARequestHiddenInAnother) {
    TestServer server;
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::string hidden{kHidden};
    const std::string cases[] = {
        head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        head + "Content-Length: 50\r\nContent-Length: 0\r\n\r\n" + hidden,
        head + "Content-Length : 33\r\n\r\n" + hidden,
        head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + hidden,
        head + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
        head + "Transfer-Encoding: identity\r\n\r\n" + hidden,
        head + "Transfer-Encoding: chunked\r\n\r\n10000000000000007\r\n1234567\r\n" + hidden,
        head + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n" + hidden,
        head + "Content-Length:\r\n\r\n" + hidden,
        head + "X: 1\r\n folded\r\nContent-Length: 0\r\n\r\n" + hidden,
        head + "\r\n" + hidden,
        std::string{"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 30} + hidden,
    };
    for (const auto& octets : cases) {
        TestClient client{server.port};

        const auto answer = client.exchange(octets);

        EXPECT_THAT(status_of_answer(answer), ::testing::AnyOf(400, 411)) << octets;
        EXPECT_THAT(answer, HasSubstr("{\"refused\":\"on ")) << octets;
        EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n")) << octets;
        EXPECT_EQ(occurrences(answer, "HTTP/1.1 "), 1U) << octets;
    }
    EXPECT_EQ(server.handler.hidden, 0);
}

TEST(HttpServer, DecodesALowerOrUpperCaseChunkedBodyAndRunsWhatFollows) {
    TestServer server;
    TestClient client{server.port};

    client.send(
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
        get("/next")
    );

    EXPECT_THAT(client.read_answer(), HasSubstr("POST /c abc"));
    EXPECT_THAT(client.read_answer(), HasSubstr("GET /next "));
}

TEST(HttpServer, SaysEachRefusalWithTheApisOwnBody) {
    TestServer server;

    struct Case {
        std::string octets;
        int status;
    };

    const Case cases[] = {
        {"\x16\x03\x01", 400},
        {"GET /p HTTP/1.1\nHost: a\n\n", 400},
        {"POST /p HTTP/1.1\r\nHost: a\r\n\r\n", 411},
        {post("/p", std::string(5000, 'b')), 413},
        {"GET /p" + std::string(7000, 'u') + " HTTP/1.1\r\n\r\n", 414},
        {get("/p", "Expect: tea\r\n"), 417},
        {get("/p", "X: " + std::string(9000, 'x') + "\r\n"), 431},
        {"GET /p HTTP/2.0\r\n\r\n", 505},
    };
    for (const auto& [octets, status] : cases) {
        TestClient client{server.port};

        const auto answer = client.exchange(octets);

        EXPECT_EQ(status_of_answer(answer), status) << octets.substr(0, 40);
        EXPECT_THAT(answer, HasSubstr("application/json")) << octets.substr(0, 40);
        EXPECT_THAT(answer, Not(HasSubstr("(reset)"))) << octets.substr(0, 40);
    }
    EXPECT_EQ(server.metric("numproof_http_refusals_total", "uri_too_long"), 1);
}

TEST(HttpServer, AnswersWithATimeoutWhoIsSlow) {
    HttpServerOptions options;
    options.timeouts.head = Milliseconds{100};
    options.timeouts.body = Milliseconds{100};
    TestServer server{options};
    TestClient head{server.port};
    TestClient body{server.port};
    TestClient silent{server.port};

    head.send("GET /slow HTTP/1.1\r\n");
    body.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");

    EXPECT_EQ(status_of_answer(head.read_to_end()), 408);
    const auto answer = body.read_to_end();
    EXPECT_EQ(status_of_answer(answer), 408);
    EXPECT_THAT(answer, HasSubstr("on /slow"));
    EXPECT_EQ(silent.read_to_end(), "");
}

TEST(HttpServer, IsNotKeptAwakeByOneOctetAtATime) {
    HttpServerOptions options;
    options.timeouts.head = Milliseconds{150};
    TestServer server{options};
    TestClient client{server.port};
    std::atomic<bool> done{false};
    std::thread drip{[&] {
        TestClient pace{server.port};
        while (!done && client.send("G") && pace.send(get("/"))) {
            [[maybe_unused]] const auto round_trip = pace.read_answer();
        }
    }};

    const auto answer = client.read_answer();
    done = true;
    drip.join();

    EXPECT_EQ(status_of_answer(answer), 408);
}

TEST(HttpServer, ClosesIdleConnectionsSilently) {
    HttpServerOptions options;
    options.timeouts.idle = Milliseconds{100};
    TestServer server{options};
    TestClient client{server.port};

    client.send(get("/"));

    EXPECT_EQ(status_of_answer(client.read_answer()), 200);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpServer, GivesHttp10ItsWholeAnswer) {
    TestServer server;
    TestClient plain{server.port};
    TestClient kept{server.port};
    const std::string keep = "GET /large HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

    const auto answer = plain.exchange("GET /large HTTP/1.0\r\n\r\n");
    kept.send(keep + keep);

    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(answer.ends_with(std::string(1'000'000, 'x')));
    for (int i = 0; i < 2; ++i) {
        const auto one = kept.read_answer();
        EXPECT_THAT(one.substr(0, 300), HasSubstr("Connection: keep-alive\r\n"));
        EXPECT_EQ(occurrences(one, "x"), 1'000'000U + occurrences(one.substr(0, 300), "\r\nx"));
    }
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
    TestServer server;
    TestClient client{server.port};

    const auto answer = client.exchange(get("/large", "Connection: TE, Close\r\n") + get("/no"));

    EXPECT_THAT(answer.substr(0, 300), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(answer.ends_with(std::string(1000, 'x')));
    EXPECT_EQ(server.handler.handled, 1);
}

TEST(HttpServer, LeavesTheBodyOutForHead) {
    TestServer server;
    TestClient client{server.port};

    const auto answer = client.exchange(
        "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next", "Connection: close\r\n")
    );

    EXPECT_THAT(answer, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("HEAD /x")));
    EXPECT_THAT(answer, HasSubstr("GET /next "));
}

TEST(HttpServer, AsksForABodyOnlyWhenItWillReadIt) {
    TestServer server;
    TestClient client{server.port};
    TestClient refused{server.port};
    const std::string head = "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";

    client.send(head + "Content-Length: 3\r\n\r\n");
    EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    EXPECT_THAT(client.read_answer(), HasSubstr("POST /x abc"));

    EXPECT_EQ(status_of_answer(refused.exchange(head + "Content-Length: 5000\r\n\r\n")), 413);
}

TEST(HttpServer, AnswersAClientThatHasClosedItsHalf) {
    TestServer server;
    TestClient client{server.port};

    client.send(get("/1") + get("/later") + get("/2"));
    client.half_close();
    ASSERT_TRUE(TestServer::eventually([&] { return server.handler.waits > 2; }));
    server.handler.gate_open = true;
    const auto answers = client.read_to_end();

    EXPECT_EQ(occurrences(answers, "HTTP/1.1 200"), 3U);
    EXPECT_TRUE(answers.ends_with("GET /2 "));
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
}

TEST(HttpServer, RefusesARequestThatWillNeverBeWhole) {
    TestServer server;
    TestClient client{server.port};

    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    client.half_close();

    EXPECT_EQ(status_of_answer(client.read_to_end()), 400);
}

TEST(HttpServer, OutlivesAClientThatLeavesWhileItsRequestIsHandled) {
    TestServer server;
    TestClient client{server.port};

    client.send(get("/later"));
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->in_flight() == 1; }));
    client.reset();
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
    EXPECT_EQ(server.server->in_flight(), 1U);
    server.handler.gate_open = true;

    EXPECT_TRUE(TestServer::eventually([&] { return server.server->in_flight() == 0; }));
    EXPECT_EQ(server.metric("numproof_http_requests_abandoned_total", "public"), 1);
    EXPECT_EQ(
        TestClient{server.port}.exchange(get("/", "Connection: close\r\n")).substr(9, 3), "200"
    );
}

TEST(HttpServer, EndsBeforeTheHandlersItCalled) {
    TestServer server;
    TestClient client{server.port};
    client.send(get("/later"));
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->in_flight() == 1; }));

    server.on_loop([&] { server.server.reset(); });
    EXPECT_EQ(server.handler.ended, 0);
    server.handler.gate_open = true;

    EXPECT_TRUE(TestServer::eventually([&] { return server.handler.ended == 1; }));
    server.on_loop([] {});
    EXPECT_THAT(client.read_to_end(), ::testing::AnyOf("", "(reset)"));
    EXPECT_EQ(server.counts.total(), 0U);
}

TEST(HttpServer, TellsWhoIsAboveTheTotalAndTurnsAwayWhoIsAboveTheAddressesBound) {
    TestServer total{{}, {.total = 1, .per_address = 100}};
    TestServer address{{}, {.total = 100, .per_address = 1}};
    TestClient in_total{total.port};
    TestClient in_address{address.port};
    in_total.send(get("/"));
    in_address.send(get("/"));
    ASSERT_EQ(status_of_answer(in_total.read_answer()), 200);
    ASSERT_EQ(status_of_answer(in_address.read_answer()), 200);
    TestClient above{total.port};
    TestClient turned_away{address.port};

    EXPECT_EQ(status_of_answer(above.exchange(get("/"))), 503);
    EXPECT_THAT(turned_away.exchange(get("/")), ::testing::AnyOf("", "(reset)"));

    EXPECT_EQ(address.metric("numproof_http_connections_turned_away_total", "public"), 1);
    in_total.send(get("/"));
    EXPECT_EQ(status_of_answer(in_total.read_answer()), 200);
}

// UBSan needs a descriptor of its own to look at an object.
#ifndef __SANITIZE_ADDRESS__
/// Takes every descriptor that is left, under a low limit.
class AllDescriptors {
public:
    AllDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit low = before_;
        low.rlim_cur = 512;
        setrlimit(RLIMIT_NOFILE, &low);
        for (int fd = dup(STDERR_FILENO); fd >= 0; fd = dup(STDERR_FILENO)) {
            taken_.push_back(fd);
        }
    }

    AllDescriptors(const AllDescriptors&) = delete;
    AllDescriptors& operator=(const AllDescriptors&) = delete;

    ~AllDescriptors() {
        for (const int fd : taken_) {
            close(fd);
        }
        setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    rlimit before_{};
    std::vector<int> taken_;
};

TEST(HttpServer, WaitsForDescriptorsWithoutSpinningAndLogsItOnce) {
    TestServer server;
    std::optional<TestClient> client;
    std::optional<AllDescriptors> all;
    const auto failures = [&] {
        return server.metric("numproof_http_accept_failures_total", "public");
    };

    server.on_loop([&] {
        client.emplace(server.port);
        all.emplace();
    });
    ASSERT_TRUE(TestServer::eventually([&] { return failures() >= 2; }));
    const auto seen = failures();
    all.reset();
    client->send(get("/"));

    EXPECT_EQ(status_of_answer(client->read_answer()), 200);
    EXPECT_LE(seen, 3);
    EXPECT_EQ(server.log.lines, 1);
}
#endif

TEST(HttpServer, CutsOffAClientThatDoesNotTakeItsAnswers) {
    HttpServerOptions options;
    options.timeouts.write = Milliseconds{100};
    TestServer server{options};
    TestClient client{server.port};

    for (int i = 0; i < 40; ++i) {
        client.send(get("/large"));
    }

    EXPECT_TRUE(TestServer::eventually([&] { return server.handler.handled > 0; }));
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
    EXPECT_LT(server.handler.handled, 40);
}

// A check of the time limits that came between writing and sending took a connection's first
// answer for one that nobody reads.
TEST(HttpServer, GivesTheFirstAnswerAlsoWhenTheTimeLimitsAreCheckedJustThen) {
    HttpServerOptions options;
    options.timeouts.write = Milliseconds{40};
    TestServer server{options};
    for (int i = 0; i < 1000; ++i) {
        TestClient client{server.port};

        ASSERT_TRUE(client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n"));

        ASSERT_EQ(status_of_answer(client.read_answer()), 200) << i;
    }
}

TEST(HttpServer, GivesEveryAnswerToASlowReader) {
    TestServer server;
    TestClient client{server.port};
    constexpr int kAnswers = 20;

    for (int i = 0; i < kAnswers; ++i) {
        client.send(get("/large"));
    }

    for (int i = 0; i < kAnswers; ++i) {
        EXPECT_GT(client.read_answer().size(), 1'000'000U) << i;
    }
}

TEST(HttpServer, ReadsOnAfterARefusalSoThatTheAnswerArrives) {
    TestServer server;
    TestClient client{server.port};

    const auto answer = client.exchange(
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'b')
    );

    EXPECT_EQ(status_of_answer(answer), 413);
    EXPECT_THAT(answer, Not(HasSubstr("(reset)")));
}

TEST(HttpServer, ReadsWhatComesAfterTheLastAnswer) {
    TestServer server;
    TestClient client{server.port};
    // More than is read ahead while the answer is made: unread, it would make closing a reset.
    const std::string more(200'000, 'x');
    client.send("GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + more);
    ASSERT_TRUE(TestServer::eventually([&] { return server.handler.waits > 0; }));
    server.handler.gate_open = true;

    ASSERT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));

    EXPECT_FALSE(client.was_reset());
    EXPECT_THAT(client.read_to_end(), EndsWith("GET /later "));
}

TEST(HttpServer, WritesNothingToStandardErrorInNormalUse) {
    ::testing::internal::CaptureStderr();
    {
        TestServer server;
        server.handler.gate_open = true;
        TestClient ends_badly{server.port};
        TestClient ends_well{server.port};

        EXPECT_THAT(ends_badly.exchange(get("/1") + get("/later") + "\x01"), HasSubstr("/later"));
        EXPECT_THAT(
            ends_well.exchange(get("/2") + post("/3", "abc") + get("/4", "Connection: close\r\n")),
            HasSubstr("GET /4")
        );
    }

    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace numproof
