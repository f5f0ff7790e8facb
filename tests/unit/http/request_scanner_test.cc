// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/request_scanner.h"

#include <random>

#include <gtest/gtest.h>

namespace numproof::http {
namespace {

using Scan = RequestScanner::Scan;

const ScanRules kRules;

constexpr std::string_view kPost =
    "POST /number-verification/v2/verify?x=1 HTTP/1.1\r\nHost: api.example.com:9091\r\n"
    "Authorization: Bearer abc.def\r\nContent-Type: application/json\r\nX-Empty:\r\n"
    "Content-Length: 7\r\n\r\n{\"a\":1}";

std::string get_with(std::string_view fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n";
}

std::string post_with(std::string_view fields_and_body) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string{fields_and_body};
}

TEST(RequestScanner, ReadsARequestWholly) {
    RequestScanner scanner{kRules};

    ASSERT_EQ(scanner.scan(kPost), Scan::complete);

    const auto& request = scanner.request();
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.method_name, "POST");
    EXPECT_EQ(request.path, "/number-verification/v2/verify");
    EXPECT_EQ(request.query, "x=1");
    EXPECT_EQ(request.fields.size(), 5U);
    EXPECT_EQ(request.field("authorization"), "Bearer abc.def");
    EXPECT_EQ(request.field("x-empty"), "");
    EXPECT_EQ(request.body, "{\"a\":1}");
    EXPECT_EQ(scanner.consumed(), kPost.size());
    EXPECT_TRUE(scanner.keep_alive());
}

TEST(RequestScanner, ReadsTheSameWhereverTheOctetsAreCut) {
    for (std::size_t cut = 0; cut < kPost.size(); ++cut) {
        RequestScanner scanner{kRules};
        const std::string first{kPost.substr(0, cut)};

        EXPECT_EQ(scanner.scan(first), Scan::need_more) << cut;
        ASSERT_EQ(scanner.scan(kPost), Scan::complete) << cut;

        EXPECT_EQ(scanner.request().query, "x=1") << cut;
        EXPECT_EQ(scanner.request().field("host"), "api.example.com:9091") << cut;
        EXPECT_EQ(scanner.request().body, "{\"a\":1}") << cut;
    }
}

TEST(RequestScanner, ReadsFiftyPipelinedRequestsInRandomPieces) {
    std::string all;
    for (int i = 0; i < 50; ++i) {
        const auto body = std::string(static_cast<std::size_t>(i), 'b');
        all += "POST /" + std::to_string(i) +
               " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(i) + "\r\n\r\n" + body;
    }
    std::mt19937 random{20261122};
    for (int round = 0; round < 20; ++round) {
        RequestScanner scanner{kRules};
        std::string buffer;
        std::size_t sent = 0;
        int seen = 0;
        while (seen < 50) {
            const auto size = std::min<std::size_t>(all.size() - sent, random() % 90);
            buffer += all.substr(sent, size);
            sent += size;
            while (scanner.scan(buffer) == Scan::complete) {
                ASSERT_EQ(scanner.request().path, "/" + std::to_string(seen));
                ASSERT_EQ(scanner.request().body.size(), static_cast<std::size_t>(seen));
                buffer.erase(0, scanner.consumed());
                scanner.reset();
                ++seen;
            }
        }
        EXPECT_TRUE(buffer.empty());
    }
}

TEST(RequestScanner, AcceptsWhatIsUnusualButUnambiguous) {
    const std::string cases[] = {
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nExpect: anything\r\n\r\n",
        "GET http://a/x HTTP/1.1\r\nHost: A\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhOST:\t[::1]:9091 \t\r\n\r\n",
        get_with("X-Latin: caf\xe9\r\n"),
        get_with("Content-Length: 0\r\n"),
        get_with("Content-Length: 2\r\n") + "ab",
        post_with("Content-Length: 0000000002\r\n\r\nab"),
        post_with("transfer-encoding: CHUNKED\r\n\r\n2;ext=\"v\"\r\nab\r\n00\r\nX-T: 1\r\n\r\n"),
    };
    for (const auto& octets : cases) {
        RequestScanner scanner{kRules};

        EXPECT_EQ(scanner.scan(octets), Scan::complete) << octets;
        EXPECT_EQ(scanner.consumed(), octets.size()) << octets;
    }
}

struct Refused {
    std::string octets;
    Refusal refusal;
};

void expect_refused(const std::vector<Refused>& cases) {
    for (const auto& [octets, refusal] : cases) {
        RequestScanner scanner{kRules};
        RequestScanner slow{kRules};

        ASSERT_EQ(scanner.scan(octets), Scan::refused) << octets;
        EXPECT_EQ(scanner.refusal(), refusal) << octets;

        auto outcome = Scan::need_more;
        for (std::size_t size = 1; size <= octets.size() && outcome != Scan::refused; ++size) {
            outcome = slow.scan(std::string_view{octets}.substr(0, size));
            ASSERT_NE(outcome, Scan::complete) << octets;
        }
        EXPECT_EQ(slow.refusal(), refusal) << octets;
    }
}

TEST(RequestScanner, RefusesWhatIsNoRequestLine) {
    expect_refused({
        {"GET /\r\n", Refusal::malformed},
        {"GET  / HTTP/1.1\r\n", Refusal::malformed},
        {"GET / HTTP/1.1 \r\n", Refusal::malformed},
        {" GET / HTTP/1.1\r\n", Refusal::malformed},
        {"GET\t/ HTTP/1.1\r\n", Refusal::malformed},
        {"G<T / HTTP/1.1\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\n", Refusal::malformed},
        {"GET / HTTP/1.1\rX", Refusal::malformed},
        {"\r\n\r\n", Refusal::malformed},
        {"\n", Refusal::malformed},
        {"\x16\x03\x01", Refusal::malformed},
        {std::string{"GET /a\0b HTTP/1.1\r\n", 19}, Refusal::malformed},
        {"GET /a\x7f HTTP/1.1\r\n", Refusal::malformed},
        {"GET /a\xc3\xa9 HTTP/1.1\r\n", Refusal::malformed},
        {"GET /a#b HTTP/1.1\r\n", Refusal::malformed},
        {"GET a HTTP/1.1\r\n", Refusal::malformed},
        {"GET * HTTP/1.1\r\n", Refusal::malformed},
        {"GET ftp://a/ HTTP/1.1\r\n", Refusal::malformed},
        {"GET http:///x HTTP/1.1\r\n", Refusal::malformed},
        {"CONNECT a:443 HTTP/1.1\r\n", Refusal::malformed},
        {"GET / http/1.1\r\n", Refusal::malformed},
        {"GET / HTTP/1.10\r\n", Refusal::malformed},
        {"GET / FTP/1.1\r\n", Refusal::malformed},
        {"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", Refusal::malformed},
        {"GET / HTTP/1.2\r\n", Refusal::version_not_supported},
        {"GET / HTTP/0.9\r\n", Refusal::version_not_supported},
        {"PRI * HTTP/2.0\r\n", Refusal::version_not_supported},
    });
}

TEST(RequestScanner, RefusesFieldsThatTwoParsersCouldReadDifferently) {
    expect_refused({
        {"GET / HTTP/1.1\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", Refusal::malformed},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n", Refusal::malformed},
        {"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::malformed},
        {"GET http://u@a/ HTTP/1.1\r\nHost: u@a\r\n\r\n", Refusal::malformed},
        {get_with("Host: a\r\n"), Refusal::malformed},
        {get_with("X : 1\r\n"), Refusal::malformed},
        {get_with("X\r\n"), Refusal::malformed},
        {get_with(": 1\r\n"), Refusal::malformed},
        {get_with("X(: 1\r\n"), Refusal::malformed},
        {get_with("X: 1\r\n folded\r\n"), Refusal::malformed},
        {get_with("X: 1\r\n\tfolded\r\n"), Refusal::malformed},
        {get_with("X: a\rb\r\n"), Refusal::malformed},
        {get_with("X: a\x01\r\n"), Refusal::malformed},
        {get_with(std::string{"X: a\0b\r\n", 8}), Refusal::malformed},
        {get_with("Authorization: Bearer a\r\nAuthorization: Bearer a\r\n"), Refusal::malformed},
        {get_with("Content-Type: a/b\r\ncontent-type: a/b\r\n"), Refusal::malformed},
    });
}

TEST(RequestScanner, RefusesEverySmugglingOfLengths) {
    const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    std::vector<Refused> cases;
    for (const auto* fields :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked",
          "Content-Length: 5\r\nContent-Length: 5",
          "Transfer-Encoding: chunked\r\nContent-Length: 5",
          "Content-Length: 5\r\nContent-Length: 6",
          "Content-Length : 44",
          "Content-Length: 5, 5",
          "Content-Length: +5",
          "Content-Length: -1",
          "Content-Length: 0x5",
          "Content-Length:",
          "Content-Length: 5 5",
          "Content-Length: 12345678901",
          "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding: xchunked",
          "Transfer-Encoding: identity",
          "Transfer-Encoding: \"chunked\"",
          "Transfer-Encoding:",
          "Transfer-Encoding: chunked, chunked",
          "Transfer-Encoding: chunked;q=1",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding:\x0b"
          "chunked"}) {
        cases.push_back({post_with(std::string{fields} + "\r\n\r\n" + hidden), Refusal::malformed});
    }
    cases.push_back(
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refusal::malformed}
    );
    expect_refused(cases);
}

TEST(RequestScanner, RefusesChunksThatBreakTheirGrammar) {
    const std::string head = "Transfer-Encoding: chunked\r\n\r\n";
    std::vector<Refused> cases;
    for (const auto* body :
         {"10000000000000007\r\n",
          "-1\r\n",
          "0x1\r\na\r\n",
          "\r\n",
          ";x\r\n",
          "1 \r\na\r\n",
          "1\na\r\n",
          "1\r\nab\r\n",
          "1\r\na\n",
          "1;\x01\r\na\r\n",
          "0\r\nX-T: 1\r\nGET /hidden HTTP/1.1\r\n\r\n",
          "0\r\n folded: 1\r\n\r\n",
          "000000001\r\na\r\n"}) {
        cases.push_back({post_with(head + body), Refusal::malformed});
    }
    cases.push_back({post_with(head + "1;" + std::string(300, 'x')), Refusal::malformed});
    cases.push_back({post_with(head + "1001\r\n"), Refusal::body_too_large});
    cases.push_back({post_with(head + "ffffffff\r\n"), Refusal::body_too_large});
    std::string many = head + "0\r\n";
    for (int i = 0; i < 65; ++i) {
        many += "T: 1\r\n";
    }
    cases.push_back({post_with(many), Refusal::head_too_large});
    expect_refused(cases);
}

TEST(RequestScanner, NamesTheRefusalThatIsNotMalformed) {
    expect_refused({
        {post_with("\r\n"), Refusal::length_required},
        {post_with("Content-Length: 4097\r\nExpect: 100-continue\r\n\r\n"),
         Refusal::body_too_large},
        {post_with("Content-Length: 9999999999\r\n\r\n"), Refusal::body_too_large},
        {get_with("Expect: 200-ok\r\n"), Refusal::expectation_failed},
        {get_with("Expect: 100-continue\r\nExpect: more\r\n"), Refusal::expectation_failed},
    });
}

TEST(RequestScanner, HoldsEveryLimitExactly) {
    struct Case {
        std::string octets;
        Scan outcome;
        Refusal refusal;
    };

    const auto uri = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'u') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    const auto head = [](std::size_t size) {
        const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    };
    const auto count = [](int fields) {
        std::string octets = "GET / HTTP/1.1\r\nHost: a\r\n";
        for (int i = 1; i < fields; ++i) {
            octets += "X: y\r\n";
        }
        return octets + "\r\n";
    };
    const auto body = [](std::size_t size) {
        return post_with("Content-Length: " + std::to_string(size) + "\r\n\r\n") +
               std::string(size, 'b');
    };
    const Case cases[] = {
        {uri(6144), Scan::complete, {}},
        {uri(6145), Scan::refused, Refusal::uri_too_long},
        {uri(20000), Scan::refused, Refusal::uri_too_long},
        {head(8192), Scan::complete, {}},
        {head(8193), Scan::refused, Refusal::head_too_large},
        {std::string(9000, 'A'), Scan::refused, Refusal::head_too_large},
        {count(64), Scan::complete, {}},
        {count(65), Scan::refused, Refusal::head_too_large},
        {body(4096), Scan::complete, {}},
        {body(4097), Scan::refused, Refusal::body_too_large},
    };
    for (const auto& [octets, outcome, refusal] : cases) {
        RequestScanner scanner{kRules};

        ASSERT_EQ(scanner.scan(octets), outcome) << octets.substr(0, 60) << octets.size();
        if (outcome == Scan::refused) {
            EXPECT_EQ(scanner.refusal(), refusal) << octets.substr(0, 60) << octets.size();
        }
    }
}

TEST(RequestScanner, DecodesChunksAndDropsTrailers) {
    const auto octets = post_with(
        "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1;x=y\r\ne\r\n0\r\nHost: other\r\n\r\nGET"
    );
    RequestScanner scanner{kRules};

    ASSERT_EQ(scanner.scan(octets), Scan::complete);

    EXPECT_EQ(scanner.request().body, "abcde");
    EXPECT_EQ(scanner.request().field("host"), "a");
    EXPECT_EQ(scanner.consumed(), octets.size() - 3);
}

TEST(RequestScanner, AsksForTheBodyOnceAndOnlyWhenNoneHasCome) {
    const auto head = post_with("Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
    RequestScanner waiting{kRules};
    RequestScanner sent{kRules};

    EXPECT_EQ(waiting.scan(head), Scan::expects_continue);
    EXPECT_EQ(waiting.scan(head), Scan::need_more);
    EXPECT_TRUE(waiting.in_body());
    EXPECT_EQ(waiting.scan(head + "ab"), Scan::complete);

    EXPECT_EQ(sent.scan(head + "a"), Scan::need_more);
}

TEST(RequestScanner, KeepsTheConnectionAsTheClientSays) {
    struct Case {
        std::string octets;
        bool keep_alive;
    };

    const Case cases[] = {
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
        {get_with(""), true},
        {get_with("Connection: CLOSE\r\n"), false},
        {get_with("Connection: TE ,close\r\n"), false},
        {get_with("Connection: closed\r\n"), true},
        {get_with("Connection: TE\r\nConnection: close\r\n"), false},
    };
    for (const auto& [octets, keep_alive] : cases) {
        RequestScanner scanner{kRules};

        ASSERT_EQ(scanner.scan(octets), Scan::complete) << octets;
        EXPECT_EQ(scanner.keep_alive(), keep_alive) << octets;
    }
}

TEST(RequestScanner, RefusesHostsOfOthersWhenNamesAreGiven) {
    const ScanRules rules{.limits = {}, .server_names = {"api.example.com"}};
    for (const auto* host : {"api.example.com", "API.example.com:9091"}) {
        RequestScanner scanner{rules};
        const auto octets = "GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n";
        EXPECT_EQ(scanner.scan(octets), Scan::complete) << host;
    }
    for (const auto* host : {"example.com", "api.example.com.evil", "127.0.0.1"}) {
        RequestScanner scanner{rules};
        const auto octets = "GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n";
        ASSERT_EQ(scanner.scan(octets), Scan::refused) << host;
        EXPECT_EQ(scanner.refusal(), Refusal::misdirected) << host;
    }
}

TEST(RequestScanner, KnowsThePathOfWhatItRefuses) {
    struct Case {
        std::string octets;
        std::string path;
    };

    const Case cases[] = {
        {"POST /v0/verify?a HTTP/1.1\r\nHost: a\r\nX : 1\r\n", "/v0/verify"},
        {"POST /v0/verify HTTP/3.0\r\n", "/v0/verify"},
        {"POST /v0/" + std::string(9000, 'u'), "/v0/" + std::string(8192 - 9, 'u')},
        {"\x16\x03", ""},
    };
    for (const auto& [octets, path] : cases) {
        RequestScanner scanner{kRules};

        ASSERT_EQ(scanner.scan(octets), Scan::refused) << octets;
        EXPECT_EQ(scanner.known_path(octets), path);
    }
}

}  // namespace
}  // namespace numproof::http
