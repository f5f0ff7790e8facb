// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/check.h"
#include "daemon/sessions/record_decoder.h"

namespace numproof {

/// Numbers as one country writes them, and two ranges of it.
inline const DecoderTerms kNational{
    .default_domain = "internet",
    .numbering = {.country_code = "34", .national_prefix = "0", .ranges = {"+346", "+347"}}};

/// More than any decoder gives: a few kinds of addresses, each with a bound of its own.
inline constexpr std::size_t kAddressesMax = 1024;

/// A name of 256 octets and the number of a PDU session.
inline constexpr std::size_t kNameMax = 260;

inline FeedRecord record_of(std::string_view octets) {
    return {
        .at = {.topic = "sessions", .partition = 0},
        .timestamp = wall_from_ms(1795341600000),
        .key = {},
        .value = std::string{octets}};
}

inline bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kNameMax && std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

inline void check(WallTime time) {
    NP_CHECK(time >= WallTime{});
    NP_CHECK(time <= record_of({}).timestamp + kEventAheadMax);
}

inline void check(const Msisdn& number, const DecoderTerms& terms) {
    const auto again = Msisdn::parse(number.reveal());
    NP_CHECK(again && *again == number);
    const auto& ranges = terms.numbering.ranges;
    NP_CHECK(ranges.empty() || std::ranges::any_of(ranges, [&](std::string_view range) {
                 return number.reveal().starts_with(range);
             }));
}

inline void check(const Imsi& imsi) {
    const auto again = Imsi::parse(imsi.reveal());
    NP_CHECK(again && *again == imsi);
}

// Only an event that leaves its domain to what is known has addresses in none.
inline void check(const HeldAddress& held, bool says_domain) {
    const auto& prefix = held.prefix;
    const bool v4 = prefix.address().family() == IpAddress::Family::v4;
    NP_CHECK((!says_domain || !held.domain.empty()) && held.domain.size() <= 100);
    NP_CHECK(held.ports.low <= held.ports.high && (v4 || held.ports.whole()));
    NP_CHECK(prefix.length() >= (v4 ? 16U : 32U) && prefix.length() <= prefix.address().bits());
    NP_CHECK(held.ports.whole() || prefix.length() == 32);
    const auto again = IpPrefix::parse(prefix.to_text());
    NP_CHECK(again && *again == prefix);
}

inline void check(const SessionName& name) {
    NP_CHECK(is_name(name.source) && is_name(name.session));
}

inline void check(const SessionBind& event, const DecoderTerms& terms) {
    check(event.time);
    check(event.name);
    NP_CHECK(event.held.size() <= kAddressesMax && event.removed.size() <= kAddressesMax);
    NP_CHECK(event.returned.size() <= kAddressesMax);
    const bool whole = event.extent == SessionBind::Extent::whole;
    NP_CHECK(!whole || (event.removed.empty() && event.returned.empty()));
    NP_CHECK(!whole || (event.says_access && event.says_domain && !event.began));
    NP_CHECK(!event.began || (*event.began >= WallTime{} && *event.began <= event.time));
    for (const auto* addresses : {&event.held, &event.removed, &event.returned}) {
        for (const auto& held : *addresses) {
            check(held, event.says_domain);
        }
    }
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

inline void check(const SessionRefresh& event, const DecoderTerms& /*terms*/) {
    check(event.time);
    check(event.name);
}

inline void check(const SessionRelease& event, const DecoderTerms& /*terms*/) {
    check(event.time);
    check(event.name);
    std::ranges::for_each(event.held, [](const HeldAddress& held) { check(held, true); });
}

inline void check(const SubscriberChange& event, const DecoderTerms& terms) {
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

/// The events of `octets`, each with every promise that the directory builds on, or a reason that
/// is a short word without content of the record. The same again the second time.
template <typename Decode>
void check_decoder(Decode decode, std::string_view octets) {
    const auto record = record_of(octets);
    const auto decodes = [&](const DecoderTerms& terms) {
        const Result<std::vector<SessionEvent>> events = decode(record, terms);
        if (events) {
            NP_CHECK(events->size() <= 1024);
            for (const auto& event : *events) {
                std::visit([&](const auto& one) { check(one, terms); }, event);
            }
            return true;
        }
        const auto& reason = events.error().detail;
        NP_CHECK(!reason.empty() && reason.size() <= 32);
        NP_CHECK(reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == reason.npos);
        return false;
    };
    const bool decoded = decodes(DecoderTerms{});
    NP_CHECK(decodes(DecoderTerms{}) == decoded);
    decodes(kNational);
}

}  // namespace numproof
