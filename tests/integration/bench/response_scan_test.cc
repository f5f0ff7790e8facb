// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/response_scan.h"

#include <gtest/gtest.h>

namespace numproof::bench {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 4\r\n\r\ntrue";

TEST(ResponseScan, ReadsStatusAndBody) {
    Response response;
    ASSERT_EQ(scan_response(kAnswer, response), ScanOutcome::complete);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "true");
    EXPECT_FALSE(response.closes);
    EXPECT_EQ(field_of(response.head, "content-type"), "application/json");
    EXPECT_EQ(field_of(response.head, "location"), "");
}

TEST(ResponseScan, WaitsAtEveryOctetThatIsMissing) {
    for (std::size_t size = 0; size < kAnswer.size(); ++size) {
        Response response;
        EXPECT_EQ(scan_response(kAnswer.substr(0, size), response), ScanOutcome::partial) << size;
    }
}

TEST(ResponseScan, WaitsForTheLastChunk) {
    const std::string_view whole =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntrue\r\n0\r\n\r\n";
    Response response;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(scan_response(whole.substr(0, size), response), ScanOutcome::partial) << size;
    }
    EXPECT_EQ(scan_response(whole, response), ScanOutcome::complete);
}

TEST(ResponseScan, AnAnswerWithoutABodyIsWholeWithItsHead) {
    Response response;
    EXPECT_EQ(
        scan_response("HTTP/1.1 302 Found\r\nLocation: a?b\r\n\r\n", response),
        ScanOutcome::complete
    );
    EXPECT_EQ(field_of(response.head, "location"), "a?b");
}

TEST(ResponseScan, SeesThatTheServerCloses) {
    Response response;
    ASSERT_EQ(
        scan_response(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", response
        ),
        ScanOutcome::complete
    );
    EXPECT_TRUE(response.closes);
}

TEST(ResponseScan, RefusesWhatIsNoSingleAnswer) {
    for (const std::string_view bad :
         {"SSH-2.0-x\r\n\r\n",
          "HTTP/1.1 \r\n\r\n",
          "HTTP/1.1 abc\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"}) {
        Response response;
        EXPECT_EQ(scan_response(bad, response), ScanOutcome::broken) << bad;
    }
}

}  // namespace
}  // namespace numproof::bench
