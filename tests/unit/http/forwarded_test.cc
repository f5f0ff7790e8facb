// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/forwarded.h"

#include <gtest/gtest.h>

namespace numproof::http {
namespace {

const std::vector<IpPrefix> kTrusted{
    IpPrefix::parse("192.0.2.0/24").value(), IpPrefix::parse("2001:db8:ffff::/48").value()};

Request request_from(std::string_view peer, std::vector<Field> fields) {
    Request request;
    request.peer = {.address = IpAddress::parse(peer).value(), .port = 4711};
    request.fields = std::move(fields);
    return request;
}

/// `address port`, or `unknown`.
std::string source_of(std::string_view peer, std::vector<Field> fields) {
    const auto source = real_source(request_from(peer, std::move(fields)), kTrusted);
    return source ? source->address.to_text() + " " + std::to_string(source->port) : "unknown";
}

TEST(RealSource, IsThePeerWhenNobodyTrustsIt) {
    EXPECT_EQ(source_of("10.0.0.1", {}), "10.0.0.1 4711");
    EXPECT_EQ(source_of("10.0.0.1", {{"X-Forwarded-For", "10.9.9.9"}}), "10.0.0.1 4711");
    EXPECT_EQ(source_of("10.0.0.1", {{"Forwarded", "for=10.9.9.9"}}), "10.0.0.1 4711");
    EXPECT_EQ(source_of("10.0.0.1", {{"X-Forwarded-Port", "1"}}), "10.0.0.1 4711");
}

TEST(RealSource, IsTheRightMostUntrustedAddressBehindATrustedHop) {
    struct Case {
        std::vector<Field> fields;
        std::string_view source;
    };

    const Case cases[] = {
        {{{"X-Forwarded-For", "10.0.0.7"}}, "10.0.0.7 0"},
        {{{"x-forwarded-for", "10.0.0.7"}, {"X-Forwarded-Port", "20001"}}, "10.0.0.7 20001"},
        {{{"X-Forwarded-For", "6.6.6.6, 10.0.0.7"}}, "10.0.0.7 0"},
        {{{"X-Forwarded-For", "6.6.6.6, 10.0.0.7, 192.0.2.9"}}, "10.0.0.7 0"},
        {{{"X-Forwarded-For", "garbage, 10.0.0.7"}}, "10.0.0.7 0"},
        {{{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "10.0.0.7"}}, "10.0.0.7 0"},
        {{{"X-Forwarded-For", "10.0.0.7:20001"}}, "10.0.0.7 20001"},
        {{{"X-Forwarded-For", "2001:db8::7"}, {"X-Forwarded-Port", "9"}}, "2001:db8::7 9"},
        {{{"X-Forwarded-For", "[2001:db8::7]:9"}}, "2001:db8::7 9"},
        {{{"X-Forwarded-For", "10.0.0.7, 192.0.2.9"}, {"X-Forwarded-Port", "5, 6"}}, "10.0.0.7 5"},
        {{{"Forwarded", "for=10.0.0.7"}}, "10.0.0.7 0"},
        {{{"Forwarded", "For=\"10.0.0.7:20001\";proto=https"}}, "10.0.0.7 20001"},
        {{{"Forwarded", "by=\"a,b\";for=6.6.6.6, for=\"[2001:db8::7]:80\""}}, "2001:db8::7 80"},
        {{{"Forwarded", "for=10.0.0.7, for=\"[2001:db8:ffff::1]\""}}, "10.0.0.7 0"},
    };
    for (const auto& [fields, source] : cases) {
        EXPECT_EQ(source_of("192.0.2.1", fields), source) << fields.front().value;
    }
}

TEST(RealSource, IsUnknownAndNeverTheHopWhenTheFieldsAreInDoubt) {
    const std::vector<Field> cases[] = {
        {},
        {{"X-Forwarded-For", ""}},
        {{"X-Forwarded-For", "10.0.0.7, garbage"}},
        {{"X-Forwarded-For", "10.0.0.7,"}},
        {{"X-Forwarded-For", "192.0.2.9"}},
        {{"X-Forwarded-For", "10.0.0.7:0"}},
        {{"X-Forwarded-For", "10.0.0.7:65536"}},
        {{"X-Forwarded-For", "010.0.0.7"}},
        {{"X-Forwarded-For", "[2001:db8::7"}},
        {{"X-Forwarded-For", "10.0.0.7"}, {"X-Forwarded-Port", "x"}},
        {{"X-Forwarded-For", "10.0.0.7"}, {"X-Forwarded-Port", "1, 2"}},
        {{"X-Forwarded-For", "10.0.0.7"}, {"X-Forwarded-Port", "1"}, {"X-Forwarded-Port", "2"}},
        {{"X-Forwarded-For", "10.0.0.7:1"}, {"X-Forwarded-Port", "2"}},
        {{"X-Forwarded-For", "10.0.0.7"}, {"Forwarded", "for=10.0.0.7"}},
        {{"Forwarded", "for=unknown"}},
        {{"Forwarded", "for=_hidden"}},
        {{"Forwarded", "proto=https"}},
        {{"Forwarded", "for=10.0.0.7;for=10.0.0.8"}},
        {{"Forwarded", "for=\"10.0.0.7"}},
        {{"Forwarded", "for=10.0.0.7, for=\"10.0.0.8"}},
    };
    for (const auto& fields : cases) {
        EXPECT_EQ(source_of("192.0.2.1", fields), "unknown")
            << (fields.empty() ? "" : fields.front().value);
    }
}

TEST(RealSource, ReadsNoMoreThanABoundedNumberOfHops) {
    std::string hops = "10.0.0.7";
    for (int i = 0; i < 32; ++i) {
        hops += ", 192.0.2.9";
    }

    EXPECT_EQ(source_of("192.0.2.1", {{"X-Forwarded-For", hops}}), "unknown");
}

}  // namespace
}  // namespace numproof::http
