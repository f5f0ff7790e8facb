// SPDX-License-Identifier: Apache-2.0
// The first octet says where the rest is cut in two. Whole or in two parts, the scanner comes to
// the same outcome, and never takes more than there is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/check.h"
#include "daemon/http/request_scanner.h"

namespace numproof::http {
namespace {

using Scan = RequestScanner::Scan;

const ScanRules kRules{
    .limits = {.head_bytes = 512, .uri_bytes = 64, .body_bytes = 64, .headers = 8},
    .server_names = {}};

Scan without_continue(Scan outcome) {
    return outcome == Scan::expects_continue ? Scan::need_more : outcome;
}

void expect_same_request(RequestScanner& a, RequestScanner& b) {
    NP_CHECK(a.consumed() == b.consumed());
    NP_CHECK(a.keep_alive() == b.keep_alive());
    NP_CHECK(a.request().method == b.request().method);
    NP_CHECK(a.request().path == b.request().path);
    NP_CHECK(a.request().query == b.request().query);
    NP_CHECK(a.request().body == b.request().body);
    NP_CHECK(a.request().fields.size() == b.request().fields.size());
}

void check(std::string_view octets, std::size_t cut) {
    RequestScanner whole{kRules};
    RequestScanner parted{kRules};
    const auto at_once = without_continue(whole.scan(octets));
    const std::string first{octets.substr(0, cut)};
    auto in_parts = without_continue(parted.scan(first));
    if (in_parts == Scan::need_more) {
        in_parts = without_continue(parted.scan(octets));
    } else if (in_parts == Scan::complete) {
        NP_CHECK(parted.consumed() <= cut);
        parted.reset();
        in_parts = without_continue(parted.scan(octets));
    }

    NP_CHECK(at_once == in_parts);
    if (at_once == Scan::refused) {
        NP_CHECK(whole.refusal() == parted.refusal());
    }
    if (at_once == Scan::complete) {
        NP_CHECK(whole.consumed() <= octets.size());
        expect_same_request(whole, parted);
    }
    NP_CHECK(whole.known_path(octets).size() <= octets.size());
}

}  // namespace
}  // namespace numproof::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view octets{reinterpret_cast<const char*>(data) + 1, size - 1};
    numproof::http::check(octets, data[0] * octets.size() / 255);
    return 0;
}
