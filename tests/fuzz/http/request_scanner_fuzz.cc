// SPDX-License-Identifier: Apache-2.0
// The first octet says where the rest is cut in two. Whole, in two parts or octet by octet, the
// scanner comes to the same outcome. What it lets pass has only one meaning: written anew it is
// the same request, and no octet of it could be taken for framing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/check.h"
#include "daemon/http/forwarded.h"
#include "daemon/http/request_scanner.h"

namespace numproof::http {
namespace {

using Scan = RequestScanner::Scan;

constexpr Limits kLimits{.head_bytes = 512, .uri_bytes = 64, .body_bytes = 64, .headers = 8};
const ScanRules kAnyHost{.limits = kLimits, .server_names = {}};
const ScanRules kOurHosts{.limits = kLimits, .server_names = {"a", "[::1]", "b.example:8443"}};

Scan without_continue(Scan outcome) {
    return outcome == Scan::expects_continue ? Scan::need_more : outcome;
}

void expect_same_request(RequestScanner& a, RequestScanner& b) {
    NP_CHECK(a.request().method == b.request().method);
    NP_CHECK(a.request().method_name == b.request().method_name);
    NP_CHECK(a.request().path == b.request().path);
    NP_CHECK(a.request().query == b.request().query);
    NP_CHECK(a.request().body == b.request().body);
    NP_CHECK(std::ranges::equal(
        a.request().fields,
        b.request().fields,
        [](const Field& one, const Field& other) {
            return one.name == other.name && one.value == other.value;
        }
    ));
}

void expect_same_outcome(RequestScanner& a, RequestScanner& b, Scan outcome) {
    if (outcome == Scan::refused) {
        NP_CHECK(a.refusal() == b.refusal());
    }
    if (outcome == Scan::complete) {
        NP_CHECK(a.consumed() == b.consumed() && a.keep_alive() == b.keep_alive());
        expect_same_request(a, b);
    }
}

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_value(std::string_view text) {
    const bool padded = !text.empty() && (text.front() == ' ' || text.front() == '\t' ||
                                          text.back() == ' ' || text.back() == '\t');
    return !padded && std::ranges::none_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
    });
}

void check_target(const Request& request) {
    const bool asterisk = request.path == "*" && request.method == Method::options;
    NP_CHECK(asterisk || request.path.starts_with('/'));
    NP_CHECK(is_visible(request.path) && is_visible(request.query));
    NP_CHECK(request.path.find_first_of("?#") == std::string_view::npos);
    NP_CHECK(request.query.find('#') == std::string_view::npos);
    NP_CHECK(request.path.size() + request.query.size() <= kLimits.uri_bytes);
}

void check_fields(const Request& request) {
    NP_CHECK(request.fields.size() <= kLimits.headers);
    for (const auto& field : request.fields) {
        NP_CHECK(!field.name.empty() && is_visible(field.name) && is_value(field.value));
        NP_CHECK(field.name.find_first_of(":,;\"()/[]{}") == std::string_view::npos);
    }
    for (const auto* const once :
         {"host", "content-length", "transfer-encoding", "authorization", "content-type"}) {
        NP_CHECK(request.count(once) <= 1);
    }
}

void check_framing(const Request& request) {
    const auto length = request.field("content-length");
    const auto encoding = request.field("transfer-encoding");
    NP_CHECK(!length || !encoding);
    NP_CHECK(length || encoding || (request.body.empty() && request.method != Method::post));
    NP_CHECK(!length || std::stoull(std::string{*length}) == request.body.size());
    NP_CHECK(!encoding || equal_ignoring_case(*encoding, "chunked"));
    NP_CHECK(request.body.size() <= kLimits.body_bytes);
}

/// The shortest text for the same request.
std::string written_anew(RequestScanner& scanner) {
    const auto& request = scanner.request();
    std::string text{request.method_name};
    text.append(" ").append(request.path);
    text.append(request.query.empty() ? "" : "?").append(request.query);
    text.append(scanner.version() == Version::http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const auto& field : request.fields) {
        text.append(field.name).append(":").append(field.value).append("\r\n");
    }
    text.append("\r\n");
    if (!request.field("transfer-encoding")) {
        return text.append(request.body);
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto size = request.body.size();
    if (size != 0) {
        text.append({kHex[size >> 4U], kHex[size & 15U]}).append("\r\n");
        text.append(request.body).append("\r\n");
    }
    return text.append("0\r\n\r\n");
}

void check_written_anew(RequestScanner& scanner, const ScanRules& rules) {
    const auto text = written_anew(scanner);
    RequestScanner again{rules};
    NP_CHECK(without_continue(again.scan(text)) == Scan::complete);
    NP_CHECK(again.consumed() == text.size() && again.keep_alive() == scanner.keep_alive());
    expect_same_request(again, scanner);
}

/// It needed every octet that it took, and none of those that follow.
void check_extent(std::string_view octets, RequestScanner& scanner, const ScanRules& rules) {
    const auto size = scanner.consumed();
    NP_CHECK(size <= octets.size());
    RequestScanner exact{rules};
    const std::string own{octets.substr(0, size)};
    NP_CHECK(without_continue(exact.scan(own)) == Scan::complete);
    NP_CHECK(exact.consumed() == size);
    RequestScanner short_of_one{rules};
    const std::string less{octets.substr(0, size - 1)};
    NP_CHECK(without_continue(short_of_one.scan(less)) == Scan::need_more);
}

/// Rule of trust: a hop is never the source, and who is no hop is believed nothing.
void check_source(Request request) {
    const std::array trusted{IpPrefix::parse("10.0.0.0/8").value()};
    request.peer = {.address = IpAddress::v4({10, 0, 0, 1}), .port = 1};
    const auto behind = real_source(request, trusted);
    NP_CHECK(!behind || !trusted.front().contains(behind->address));
    request.peer = {.address = IpAddress::v4({192, 0, 2, 1}), .port = 7};
    const auto direct = real_source(request, trusted);
    NP_CHECK(direct && *direct == request.peer);
}

void check_complete(std::string_view octets, RequestScanner& scanner, const ScanRules& rules) {
    check_target(scanner.request());
    check_fields(scanner.request());
    check_framing(scanner.request());
    if (rules.server_names.empty()) {  // The host of an absolute target is not written.
        check_written_anew(scanner, rules);
    }
    check_extent(octets, scanner, rules);
    check_source(scanner.request());
}

Scan scan_in_two(RequestScanner& scanner, std::string_view octets, std::size_t cut) {
    const std::string first{octets.substr(0, cut)};
    const auto outcome = without_continue(scanner.scan(first));
    if (outcome == Scan::complete) {
        NP_CHECK(scanner.consumed() <= cut);
        scanner.reset();
    }
    return outcome == Scan::refused ? outcome : without_continue(scanner.scan(octets));
}

/// Stops at the first outcome: so it also tells that none comes too late.
Scan scan_by_octet(RequestScanner& scanner, std::string_view octets) {
    auto outcome = Scan::need_more;
    int continues = 0;
    for (std::size_t size = 0; size <= octets.size() && outcome == Scan::need_more; ++size) {
        outcome = scanner.scan(octets.substr(0, size));
        continues += outcome == Scan::expects_continue ? 1 : 0;
        outcome = without_continue(outcome);
    }
    NP_CHECK(continues <= 1);
    return outcome;
}

void check(std::string_view octets, std::size_t cut, const ScanRules& rules) {
    RequestScanner whole{rules};
    RequestScanner parted{rules};
    RequestScanner creeping{rules};
    const auto at_once = without_continue(whole.scan(octets));
    NP_CHECK(scan_in_two(parted, octets, cut) == at_once);
    NP_CHECK(scan_by_octet(creeping, octets) == at_once);
    expect_same_outcome(whole, parted, at_once);
    expect_same_outcome(whole, creeping, at_once);
    NP_CHECK(whole.known_path(octets).size() <= octets.size());
    if (at_once == Scan::refused) {
        NP_CHECK(status_of(whole.refusal()) >= 400 && status_of(whole.refusal()) <= 505);
        NP_CHECK(whole.scan(octets) == Scan::refused);
        static_cast<void>(whole.known_field_of(octets, "x-correlator"));
    }
    if (at_once == Scan::complete) {
        check_complete(octets, whole, rules);
    }
}

}  // namespace
}  // namespace numproof::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof::http;
    if (size == 0) {
        return 0;
    }
    const std::string_view octets{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto cut = data[0] * octets.size() / 255;
    check(octets, cut, kAnyHost);
    check(octets, cut, kOurHosts);
    return 0;
}
