// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/record_values.h"

#include <algorithm>

#include "daemon/sessions/event_time.h"

namespace numproof::decoding {
namespace {

constexpr std::size_t kDomainMax = 100;
constexpr std::int64_t kIntervalMax = 90LL * 24 * 3600;
constexpr std::int64_t kYear10000 = 253402300800;

/// As seconds this is the year 5138, as milliseconds March 1973: nobody means either.
constexpr std::int64_t kSecondsMax = 100'000'000'000;

bool is_domain(std::string_view text) {
    return !text.empty() && text.size() <= kDomainMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    });
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// `.mnc001.mcc214.gprs`: 19 characters.
void cut_operator_identifier(std::string& dnn) {
    constexpr std::size_t kLength = 19;
    if (dnn.size() <= kLength) {
        return;
    }
    const std::string_view tail = std::string_view{dnn}.substr(dnn.size() - kLength);
    if (tail.starts_with(".mnc") && all_digits(tail.substr(4, 3)) && tail.substr(7, 4) == ".mcc" &&
        all_digits(tail.substr(11, 3)) && tail.ends_with(".gprs")) {
        dnn.resize(dnn.size() - kLength);
    }
}

}  // namespace

Result<Msisdn> read_msisdn(const DecoderTerms& terms, std::string_view text) {
    auto number = read_number(terms.numbering, text);
    if (!number) {
        const bool foreign = number.error().code == ErrorCode::invalid_value;
        return poison(foreign ? "msisdn_not_ours" : "bad_msisdn");
    }
    return number;
}

Result<Imsi> read_imsi(std::string_view text) {
    auto imsi = Imsi::parse(text);
    if (!imsi) {
        return poison("bad_imsi");
    }
    return imsi;
}

Result<std::string> read_domain(std::string_view text) {
    if (!is_domain(text)) {
        return poison("bad_domain");
    }
    return std::string{text};
}

Result<std::string> read_dnn(const DecoderTerms& terms, std::optional<std::string_view> text) {
    if (!text) {
        return terms.default_domain;
    }
    auto domain = read_domain(*text);
    if (domain) {
        std::ranges::transform(*domain, domain->begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        cut_operator_identifier(*domain);
    }
    return domain;
}

Result<std::string> read_dnn(const Fields& fields, std::string_view name) {
    const auto text = fields.text(name, "bad_domain");
    if (!text) {
        return poison("bad_domain");
    }
    return read_dnn(fields.terms(), *text);
}

Result<IpPrefix> read_prefix(
    std::string_view text, IpAddress::Family family, std::string_view reason
) {
    const auto prefix = IpPrefix::parse(text);
    if (!prefix || prefix->address().family() != family || prefix->length() < kShortestV6) {
        return poison(reason);
    }
    return *prefix;
}

bool is_storable(const IpPrefix& prefix) noexcept {
    const bool v4 = prefix.address().family() == IpAddress::Family::v4;
    return prefix.length() >= (v4 ? kShortestV4 : kShortestV6);
}

Result<WallTime> check_time(const FeedRecord& record, WallTime time) {
    if (time < WallTime{}) {
        return poison("bad_time");
    }
    if (time > record.timestamp + kEventAheadMax) {
        return poison("time_in_future");
    }
    return time;
}

Result<WallTime> read_epoch(std::int64_t number) {
    if (number < 0 || number >= kYear10000 * 1000) {
        return poison("bad_time");
    }
    return wall_from_ms(number < kSecondsMax ? number * 1000 : number);
}

Result<WallTime> read_time(const Fields& fields, const simdjson::dom::element& at) {
    std::string_view text;
    Result<WallTime> time = poison("bad_time");
    if (const auto number = whole_number(at)) {
        time = read_epoch(*number);
    } else if (at.get(text) == simdjson::SUCCESS) {
        time = parse_rfc3339(text);
    }
    if (!time) {
        return poison("bad_time");
    }
    return check_time(fields.record(), *time);
}

Result<std::chrono::seconds> read_interval(std::optional<std::int64_t> seconds) {
    if (!seconds || *seconds < 1 || *seconds > kIntervalMax) {
        return poison("bad_interim_interval");
    }
    return std::chrono::seconds{*seconds};
}

void hold(std::vector<HeldAddress>& held, HeldAddress address) {
    if (std::ranges::find(held, address) == held.end()) {
        held.push_back(std::move(address));
    }
}

void settle(
    SessionBind& event, std::optional<Access> access, bool names_domain, const DecoderTerms& terms
) {
    const bool whole = event.extent == SessionBind::Extent::whole;
    event.access = access.value_or(Access::three_gpp);
    event.says_access = whole || access.has_value();
    event.says_domain = whole || names_domain;
    if (event.says_domain || terms.one_domain) {
        return;
    }
    for (auto* addresses : {&event.held, &event.removed, &event.returned}) {
        for (auto& address : *addresses) {
            address.domain.clear();
        }
    }
}

Result<std::vector<SessionEvent>> only(Result<SessionEvent> event) {
    if (!event) {
        return pass_on(event);
    }
    std::vector<SessionEvent> events;
    events.push_back(std::move(*event));
    return events;
}

}  // namespace numproof::decoding
