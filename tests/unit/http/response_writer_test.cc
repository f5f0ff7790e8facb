// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/response_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/http/http_date.h"

namespace numproof::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string written(const Response& response, ResponseContext context = {}) {
    context.date = kDate;
    std::string octets = "left over";
    write_response(response, context, octets);
    return octets;
}

TEST(WriteResponse, WritesOnePieceInOrder) {
    const Response response{.fields = {{"x-correlator", "abc"}}, .body = "{}"};

    EXPECT_EQ(
        written(response, {.persistence = Persistence::keep_alive}),
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nx-correlator: abc\r\n"
        "Cache-Control: no-store\r\n\r\n{}"
    );
}

TEST(WriteResponse, SaysWhatHappensToTheConnection) {
    const ResponseContext kept10{
        .version = Version::http_1_0, .persistence = Persistence::keep_alive};

    EXPECT_THAT(written({}), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(written({}, kept10), HasSubstr("\r\nConnection: keep-alive\r\n"));
}

TEST(WriteResponse, LeavesTheBodyOutForHeadButNotItsLength) {
    const auto octets = written({.body = "{\"a\":1}"}, {.method = Method::head});

    EXPECT_THAT(octets, HasSubstr("\r\nContent-Length: 7\r\n"));
    EXPECT_TRUE(octets.ends_with("\r\n\r\n"));
}

TEST(WriteResponse, SendsNoLengthWhereThereIsNoContent) {
    for (const int status : {204, 304}) {
        const auto octets = written({.status = status, .body = "dropped"});

        EXPECT_THAT(octets, Not(HasSubstr("Content-"))) << status;
        EXPECT_THAT(octets, Not(HasSubstr("dropped"))) << status;
    }
}

TEST(WriteResponse, LetsNoFieldEndALineOrTouchTheFraming) {
    const Response response{
        .content_type = "text/plain\r\nX-Type: 1",
        .fields = {
            {"X-Value", "a\r\nX-Injected: 1"},
            {"X-Name\r\nX-Injected", "1"},
            {"X-Nul", std::string{"a\0b", 3}},
            {"X Blank", "1"},
            {"", "1"},
            {"content-length", "77"},
            {"Transfer-Encoding", "chunked"},
            {"X-Good", "yes"}}};

    const auto octets = written(response);

    EXPECT_THAT(octets, HasSubstr("\r\nX-Good: yes\r\n"));
    for (const auto* part :
         {"X-Value", "X-Injected", "X-Nul", "X Blank", "77", "chunked", "X-Type"}) {
        EXPECT_THAT(octets, Not(HasSubstr(part)));
    }
}

TEST(WriteResponse, LeavesCacheControlToAnAnswerThatHasItsOwn) {
    const auto octets = written({.fields = {{"cache-control", "max-age=60"}}});

    EXPECT_THAT(octets, HasSubstr("max-age=60"));
    EXPECT_THAT(octets, Not(HasSubstr("no-store")));
}

TEST(ToHttpDate, IsAnImfFixdate) {
    EXPECT_EQ(to_http_date(wall_from_ms(784111777999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(to_http_date(wall_from_ms(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(to_http_date(wall_from_ms(1709251199000)), "Thu, 29 Feb 2024 23:59:59 GMT");
}

}  // namespace
}  // namespace numproof::http
