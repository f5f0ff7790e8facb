// SPDX-License-Identifier: Apache-2.0
// Any octets give an event or a reason. A reason is a short word without content of the record; an
// event keeps every promise that the directory builds on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/check.h"
#include "daemon/sessions/native_decoder.h"

namespace numproof {
namespace {

const DecoderTerms kNational{
    .default_domain = "internet",
    .numbering = {.country_code = "34", .national_prefix = "0", .ranges = {"+346", "+347"}}};

FeedRecord record_of(std::string_view octets) {
    return {
        .at = {},
        .timestamp = wall_from_ms(1795341600000),
        .key = {},
        .value = std::string{octets}};
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 256 && std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

void check(WallTime time) {
    NP_CHECK(time >= WallTime{});
    NP_CHECK(time <= record_of({}).timestamp + kEventAheadMax);
}

void check(const Msisdn& number, const DecoderTerms& terms) {
    const auto again = Msisdn::parse(number.reveal());
    NP_CHECK(again && *again == number);
    const auto& ranges = terms.numbering.ranges;
    NP_CHECK(ranges.empty() || std::ranges::any_of(ranges, [&](std::string_view range) {
                 return number.reveal().starts_with(range);
             }));
}

void check(const Imsi& imsi) {
    const auto again = Imsi::parse(imsi.reveal());
    NP_CHECK(again && *again == imsi);
}

void check(const HeldAddress& held) {
    const auto& prefix = held.prefix;
    const bool v4 = prefix.address().family() == IpAddress::Family::v4;
    NP_CHECK(!held.domain.empty() && held.domain.size() <= 100);
    NP_CHECK(held.ports.low <= held.ports.high && (v4 || held.ports.whole()));
    NP_CHECK(prefix.length() >= 32 && prefix.length() <= prefix.address().bits());
    const auto again = IpPrefix::parse(prefix.to_text());
    NP_CHECK(again && *again == prefix);
}

void check(const SessionName& name) {
    NP_CHECK(is_name(name.source) && is_name(name.session));
}

void check(const SessionBind& event, const DecoderTerms& terms) {
    check(event.time);
    check(event.name);
    NP_CHECK(event.held.size() <= 2 && event.removed.size() <= 64);
    NP_CHECK(event.extent == SessionBind::Extent::change || event.removed.empty());
    std::ranges::for_each(event.held, [](const HeldAddress& held) { check(held); });
    std::ranges::for_each(event.removed, [](const HeldAddress& held) { check(held); });
    if (event.msisdn) {
        check(*event.msisdn, terms);
    }
    if (event.imsi) {
        check(*event.imsi);
    }
    if (event.interim_interval) {
        NP_CHECK(event.interim_interval->count() > 0);
        NP_CHECK(*event.interim_interval <= std::chrono::days{90});
    }
}

void check(const SessionRefresh& event, const DecoderTerms& /*terms*/) {
    check(event.time);
    check(event.name);
}

void check(const SessionRelease& event, const DecoderTerms& /*terms*/) {
    check(event.time);
    check(event.name);
    std::ranges::for_each(event.held, [](const HeldAddress& held) { check(held); });
}

void check(const SubscriberChange& event, const DecoderTerms& terms) {
    check(event.time);
    check(event.imsi);
    check(event.msisdn, terms);
    NP_CHECK(!name_of(event.state).empty());
}

template <typename Sourced>
void check(const Sourced& event, const DecoderTerms& /*terms*/) {
    check(event.time);
    NP_CHECK(is_name(event.source));
}

bool decodes(const FeedRecord& record, const DecoderTerms& terms) {
    const auto event = decode_native(record, terms);
    if (event) {
        std::visit([&](const auto& one) { check(one, terms); }, *event);
        return true;
    }
    const auto& reason = event.error().detail;
    NP_CHECK(!reason.empty() && reason.size() <= 32);
    NP_CHECK(reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == reason.npos);
    return false;
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const auto record = record_of({reinterpret_cast<const char*>(data), size});
    const bool decoded = decodes(record, DecoderTerms{});
    NP_CHECK(decodes(record, DecoderTerms{}) == decoded);
    decodes(record, kNational);
    return 0;
}
