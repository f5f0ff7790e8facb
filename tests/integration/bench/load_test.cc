// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/integration/bench/scripted_server.h"
#include "tools/numproof_bench/commands.h"

namespace numproof::bench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using ::testing::Pair;
using ::testing::StartsWith;

const std::string kMatch = R"({"devicePhoneNumberVerified":true})";

class TokenFileOnDisk {
public:
    explicit TokenFileOnDisk(const std::string& text) {
        std::string pattern = std::filesystem::temp_directory_path() / "numproof-bench-XXXXXX";
        close(mkstemp(pattern.data()));
        path_ = pattern;
        std::ofstream{path_} << text;
    }

    TokenFileOnDisk(const TokenFileOnDisk&) = delete;
    TokenFileOnDisk& operator=(const TokenFileOnDisk&) = delete;

    ~TokenFileOnDisk() { std::filesystem::remove(path_); }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

ScriptedServer::Script always(const std::string& answer) {
    return [answer](const std::string&, std::size_t) { return ScriptedServer::Answer{answer}; };
}

VerifyOptions asking(const std::string& url, const std::string& tokens) {
    VerifyOptions options;
    options.load.url = url;
    options.load.connections = 1;
    options.load.subscribers = 2;
    options.load.duration = std::chrono::seconds{30};
    options.tokens = tokens;
    return options;
}

double more(const Report& report, std::string_view name) {
    for (const auto& [key, value] : report.more) {
        if (key == name) {
            return value.value();
        }
    }
    ADD_FAILURE() << "no " << name;
    return -1;
}

TEST(BenchVerify, AsksOnceWithEachTokenAndItsSubscriber) {
    ScriptedServer server{always(http_answer("200 OK", kMatch))};
    const TokenFileOnDisk tokens{"aaaa\nbbbb\ncccc\n"};

    const auto report = run_verify(asking(server.url(), tokens.path())).value();

    EXPECT_EQ(report.good, 3U);
    EXPECT_EQ(report.requests, 3U);
    EXPECT_THAT(report.answers, ElementsAre(Pair("200", 3)));
    EXPECT_EQ(more(report, "tokens_left"), 0);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_THAT(requests[0], StartsWith("POST /verify HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_THAT(requests[0], HasSubstr("\r\nAuthorization: Bearer aaaa\r\n"));
    EXPECT_THAT(requests[0], HasSubstr(R"({"phoneNumber":"+34700000000"})"));
    EXPECT_THAT(requests[1], HasSubstr("\r\nAuthorization: Bearer bbbb\r\n"));
    EXPECT_THAT(requests[1], HasSubstr(R"({"phoneNumber":"+34700000001"})"));
    EXPECT_THAT(requests[2], HasSubstr("\r\nx-correlator: bench-00000002\r\n"));
    EXPECT_THAT(requests[2], HasSubstr(R"({"phoneNumber":"+34700000000"})"));
}

TEST(BenchVerify, GoesOnBehindTheSkippedTokens) {
    ScriptedServer server{always(http_answer("200 OK", kMatch))};
    const TokenFileOnDisk tokens{"aaaa\nbbbb\ncccc\n"};
    auto options = asking(server.url(), tokens.path());
    options.skip = 1;

    EXPECT_EQ(run_verify(options).value().requests, 2U);

    EXPECT_THAT(server.requests().front(), HasSubstr("Bearer bbbb"));
    EXPECT_THAT(server.requests().front(), HasSubstr("+34700000001"));
    options.skip = 3;
    EXPECT_EQ(run_verify(options).error().code, ErrorCode::invalid_value);
}

TEST(BenchVerify, CountsOnlyMatchesUnlessItIsPlain) {
    const auto script = [](const std::string&, std::size_t serial) {
        return ScriptedServer::Answer{
            serial % 2 == 0 ? http_answer("200 OK", "no match") : http_answer("503 Later", "{}")};
    };
    ScriptedServer server{script};
    const TokenFileOnDisk tokens{"aaaa\nbbbb\ncccc\ndddd\n"};
    auto options = asking(server.url(), tokens.path());

    const auto strict = run_verify(options).value();
    options.expect = VerifyOptions::Expect::any_200;
    const auto plain = run_verify(options).value();

    EXPECT_EQ(strict.good, 0U);
    EXPECT_EQ(more(strict, "mismatches"), 2);
    EXPECT_THAT(strict.answers, ElementsAre(Pair("200", 2), Pair("503", 2)));
    EXPECT_EQ(plain.good, 2U);
}

TEST(BenchVerify, ReadsAnswersInPieces) {
    const auto whole = http_answer("200 OK", kMatch);
    const auto script = [&whole](const std::string&, std::size_t serial) {
        const auto at = (serial * 7) % whole.size();
        return ScriptedServer::Answer{whole.substr(0, at), whole.substr(at)};
    };
    ScriptedServer server{script};
    std::string lines;
    for (int i = 100; i < 400; ++i) {
        lines += std::to_string(i) + "\n";
    }
    const TokenFileOnDisk tokens{lines};
    auto options = asking(server.url(), tokens.path());
    options.load.connections = 3;

    EXPECT_EQ(run_verify(options).value().good, 300U);
}

TEST(BenchVerify, ConnectsAgainWhenTheServerCloses) {
    ScriptedServer server{
        always(http_answer("200 OK", kMatch, "Connection: close\r\n")),
        ScriptedServer::After::close};
    const TokenFileOnDisk tokens{"aaaa\nbbbb\ncccc\n"};

    const auto report = run_verify(asking(server.url(), tokens.path())).value();

    EXPECT_EQ(report.good, 3U);
    EXPECT_EQ(more(report, "lost"), 0);
    EXPECT_EQ(more(report, "reconnects"), 3);
}

TEST(BenchVerify, CountsARequestThatIsCutOffAsLostAndNeverRepeatsIt) {
    const auto script = [](const std::string&, std::size_t serial) {
        return serial == 1 ? ScriptedServer::Answer{}
                           : ScriptedServer::Answer{http_answer("200 OK", kMatch)};
    };
    ScriptedServer server{script};
    const TokenFileOnDisk tokens{"aaaa\nbbbb\ncccc\n"};

    const auto report = run_verify(asking(server.url(), tokens.path())).value();

    EXPECT_EQ(report.good, 2U);
    EXPECT_EQ(report.requests, 3U);
    EXPECT_EQ(more(report, "lost"), 1);
    EXPECT_THAT(server.requests()[2], HasSubstr("Bearer cccc"));
}

TEST(BenchVerify, StopsWhenTheTimeIsOver) {
    ScriptedServer server{always(http_answer("200 OK", kMatch))};
    auto options = asking(server.url(), "");
    options.expect = VerifyOptions::Expect::any_200;
    options.load.connections = 4;
    options.load.duration = Milliseconds{50};

    const auto report = run_verify(options).value();

    EXPECT_GT(report.good, 0U);
    EXPECT_EQ(report.good, report.requests);
    EXPECT_LT(report.seconds, 3.0);
}

TEST(BenchVerify, SaysWhatCannotBeReached) {
    std::string url;
    {
        ScriptedServer server{always("")};
        url = server.url();
    }
    const TokenFileOnDisk tokens{"aaaa\n"};

    const auto report = run_verify(asking(url, tokens.path()));

    EXPECT_EQ(report.error().code, ErrorCode::io_failure);
    EXPECT_THAT(report.error().detail, HasSubstr("cannot connect to 127.0.0.1 port "));
}

TEST(BenchVerify, GivesUpOnAServerThatHangsUpEveryTime) {
    ScriptedServer server{[](const std::string&, std::size_t) { return ScriptedServer::Answer{}; }};
    auto options = asking(server.url(), "");
    options.expect = VerifyOptions::Expect::any_200;

    const auto report = run_verify(options);

    EXPECT_THAT(report.error().detail, HasSubstr("closes every connection"));
}

TEST(BenchVerify, RefusesATokenFileThatIsNone) {
    const std::vector<std::string> bad{"", "\n", "aaaa\nbbb\n", "aaa\nbbbb\n", "aaaa\n\nbbbb\n"};
    for (const auto& text : bad) {
        const TokenFileOnDisk tokens{text};
        const auto report = run_verify(asking("http://127.0.0.1:1/", tokens.path()));
        EXPECT_EQ(report.error().code, ErrorCode::invalid_value) << text;
    }
    const auto missing = run_verify(asking("http://127.0.0.1:1/", "/nowhere/tokens"));
    EXPECT_EQ(missing.error().code, ErrorCode::invalid_value);
}

SignInOptions signing_in(const std::string& url) {
    SignInOptions options;
    options.load.url = url;
    options.load.connections = 2;
    options.load.duration = Milliseconds{100};
    options.secret = "s:1";
    return options;
}

TEST(BenchSignIn, ExchangesEachCodeFromTheDevicesOwnAddress) {
    const auto script = [](const std::string& request, std::size_t serial) {
        const auto found = "Location: http://127.0.0.1:9999/callback?code=c" +
                           std::to_string(serial) + "&state=bench\r\n";
        return ScriptedServer::Answer{
            request.starts_with("GET") ? http_answer("302 Found", "", found)
                                       : http_answer("200 OK", R"({"access_token":"t"})")};
    };
    ScriptedServer server{script};

    const auto report = run_sign_in(signing_in(server.url("/"))).value();

    EXPECT_GT(report.good, 0U);
    EXPECT_EQ(report.good, report.requests);
    EXPECT_THAT(report.answers, Contains(Pair("200", report.good)));
    const auto sources = server.sources();
    EXPECT_EQ(
        std::set(sources.begin(), sources.end()),
        (std::set<std::string>{"127.64.0.1", "127.64.0.2"})
    );
    const auto requests = server.requests();
    EXPECT_THAT(
        requests[0], StartsWith("GET /oauth2/authorize?response_type=code&client_id=bench-")
    );
    const auto is_exchange = [](const std::string& text) { return text.starts_with("POST"); };
    const auto exchange = *std::ranges::find_if(requests, is_exchange);
    EXPECT_THAT(exchange, StartsWith("POST /oauth2/token HTTP/1.1\r\n"));
    EXPECT_THAT(exchange, HasSubstr("\r\nAuthorization: Basic YmVuY2gtYXBwOnMlM2Ex\r\n"));
    EXPECT_THAT(exchange, HasSubstr("grant_type=authorization_code&code=c"));
}

TEST(BenchSignIn, CountsRefusalsByWhatTheySay) {
    const auto script = [](const std::string& request, std::size_t) {
        const bool known = request.find("client_id=bench-app") != std::string::npos;
        const std::string what = known ? "code=c" : "error=login_required";
        const auto found = "Location: http://127.0.0.1:9999/callback?" + what + "\r\n";
        return ScriptedServer::Answer{
            request.starts_with("GET") ? http_answer("302 Found", "", found)
                                       : http_answer("401 No", "{}")};
    };
    ScriptedServer server{script};
    auto options = signing_in(server.url("/"));

    const auto refused_token = run_sign_in(options).value();
    options.client = "nobody";
    const auto refused_code = run_sign_in(options).value();

    EXPECT_EQ(refused_token.good, 0U);
    EXPECT_THAT(refused_token.answers, Contains(Pair("401", refused_token.requests)));
    EXPECT_THAT(
        refused_code.answers, ElementsAre(Pair("302 login_required", refused_code.requests))
    );
}

}  // namespace
}  // namespace numproof::bench
