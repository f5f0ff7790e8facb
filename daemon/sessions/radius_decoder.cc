// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/radius_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/sessions/access_types.h"
#include "daemon/sessions/event_time.h"
#include "daemon/sessions/radius_addresses.h"
#include "daemon/sessions/radius_attributes.h"
#include "daemon/sessions/record_json.h"
#include "daemon/sessions/record_values.h"

namespace numproof {
namespace {

using decoding::finish;
using decoding::poison;
using decoding::RadiusAddresses;
using decoding::RadiusAttributes;
using decoding::take;

enum class Status : std::uint8_t { start, stop, interim, restart, other };

// RFC 2866 section 5.1, RFC 2867 section 3; `Alive` is FreeRADIUS' second name for 3.
constexpr std::array<std::pair<std::string_view, Status>, 13> kStatusNames{
    {{"Start", Status::start},
     {"Stop", Status::stop},
     {"Interim-Update", Status::interim},
     {"Alive", Status::interim},
     {"Accounting-On", Status::restart},
     {"Accounting-Off", Status::restart},
     {"Tunnel-Start", Status::other},
     {"Tunnel-Stop", Status::other},
     {"Tunnel-Reject", Status::other},
     {"Tunnel-Link-Start", Status::other},
     {"Tunnel-Link-Stop", Status::other},
     {"Tunnel-Link-Reject", Status::other},
     {"Failed", Status::other}}};

Result<Status> status_of_number(std::int64_t number) {
    switch (number) {
        case 1:
            return Status::start;
        case 2:
            return Status::stop;
        case 3:
            return Status::interim;
        case 7:
        case 8:
            return Status::restart;
        default:
            break;
    }
    constexpr std::int64_t kTunnelStart = 9;
    constexpr std::int64_t kFailed = 15;
    if (number >= kTunnelStart && number <= kFailed) {
        return Status::other;
    }
    return poison("bad_status_type");
}

/// One Accounting-Request.
class Packet {
public:
    Packet(RadiusAttributes attributes, const FeedRecord& record, const DecoderTerms& terms)
        : attributes_(std::move(attributes)), record_(record), terms_(terms) {}

    [[nodiscard]] Result<std::vector<SessionEvent>> events() const {
        auto status = read_status();
        if (!status) {
            return pass_on(status);
        }
        switch (*status) {
            case Status::start:
                return decoding::only(read_bind(SessionBind::Extent::whole));
            case Status::interim:
                return decoding::only(read_bind(SessionBind::Extent::statement));
            case Status::stop:
                return decoding::only(read_release());
            case Status::restart:
                return read_resets();
            case Status::other:
                break;
        }
        return std::vector<SessionEvent>{};
    }

private:
    [[nodiscard]] Result<Status> read_status() const {
        const auto text = attributes_.text("Acct-Status-Type", "bad_status_type");
        if (!text) {
            return poison("bad_status_type");
        }
        if (!*text) {
            return poison("no_status_type");
        }
        const auto* const named = std::ranges::find(
            kStatusNames, std::string_view{**text}, [](const auto& one) { return one.first; }
        );
        if (named != kStatusNames.end()) {
            return named->second;
        }
        const auto number = attributes_.number("Acct-Status-Type", "bad_status_type");
        return number ? status_of_number(number->value()) : poison("bad_status_type");
    }

    // RFC 2866 section 5.2: how long the NAS has been trying to send this.
    [[nodiscard]] Result<WallTime> read_time() const {
        constexpr std::int64_t kDelayMax = 90LL * 24 * 3600;
        const auto delay = attributes_.number("Acct-Delay-Time", "bad_delay");
        if (!delay || delay->value_or(0) > kDelayMax) {
            return poison("bad_delay");
        }
        auto stamp = read_stamp();
        if (!stamp) {
            return stamp;
        }
        return decoding::check_time(record_, *stamp - std::chrono::seconds{delay->value_or(0)});
    }

    [[nodiscard]] Result<WallTime> read_stamp() const {
        const auto text = attributes_.text("Event-Timestamp", "bad_time");
        if (!text) {
            return poison("bad_time");
        }
        if (!*text) {
            return record_.timestamp;
        }
        if (const auto number = attributes_.number("Event-Timestamp", "bad_time")) {
            return decoding::read_epoch(number->value());
        }
        auto time = parse_rfc3339(**text);
        if (!time) {
            time = parse_utc_date(**text);
        }
        return time ? Result<WallTime>{*time} : poison("bad_time");
    }

    // Every name that the NAS gives itself, the one that names its sessions first.
    [[nodiscard]] Result<std::vector<std::string>> read_sources() const {
        std::vector<std::string> sources;
        const auto name = attributes_.text("NAS-Identifier", "bad_source");
        if (!name) {
            return poison("bad_source");
        }
        if (*name) {
            sources.push_back(**name);
        }
        for (const auto* attribute : {"NAS-IP-Address", "NAS-IPv6-Address"}) {
            const auto text = attributes_.text(attribute, "bad_source");
            if (!text) {
                return poison("bad_source");
            }
            if (*text) {
                const auto address = IpAddress::parse(**text);
                if (!address) {
                    return poison("bad_source");
                }
                sources.push_back(address->to_text());
            }
        }
        if (sources.empty()) {
            return poison("no_source");
        }
        return sources;
    }

    [[nodiscard]] Result<SessionName> read_name() const {
        auto sources = read_sources();
        if (!sources) {
            return pass_on(sources);
        }
        auto session = attributes_.text("Acct-Session-Id", "bad_session");
        if (!session || !*session) {
            return poison("bad_session");
        }
        return SessionName{.source = std::move(sources->front()), .session = std::move(**session)};
    }

    // A Wi-Fi gateway may write the device's MAC address where others write the number.
    static bool is_mac(std::string_view text) {
        constexpr std::size_t kLength = 17;
        if (text.size() < kLength) {
            return false;
        }
        for (std::size_t i = 0; i < kLength; ++i) {
            const char c = text[i];
            const bool digit =
                (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (i % 3 == 2 ? c != '-' && c != ':' : !digit) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] Result<std::optional<Msisdn>> read_msisdn() const {
        const auto text = attributes_.text("Calling-Station-Id", "bad_msisdn");
        if (!text) {
            return poison("bad_msisdn");
        }
        if (!*text || is_mac(**text)) {
            return std::nullopt;
        }
        return decoding::read_msisdn(terms_, **text);
    }

    [[nodiscard]] Result<std::optional<Imsi>> read_imsi() const {
        const auto text = attributes_.text("3GPP-IMSI", "bad_imsi");
        if (!text) {
            return poison("bad_imsi");
        }
        if (!*text) {
            return std::nullopt;
        }
        return decoding::read_imsi(**text);
    }

    /// Nullopt: the packet does not say.
    [[nodiscard]] Result<std::optional<Access>> read_access() const {
        const auto text = attributes_.text("3GPP-RAT-Type", "bad_access");
        if (!text) {
            return poison("bad_access");
        }
        if (!*text) {
            return std::nullopt;
        }
        const auto number = attributes_.number("3GPP-RAT-Type", "bad_access");
        return number ? decoding::access_of_radius_rat(number->value())
                      : decoding::access_of_rat(**text);
    }

    // 0 is how some write that there are none.
    [[nodiscard]] Result<std::optional<std::chrono::seconds>> read_interval() const {
        const auto number = attributes_.number("Acct-Interim-Interval", "bad_interim_interval");
        if (!number) {
            return poison("bad_interim_interval");
        }
        if (number->value_or(0) == 0) {
            return std::nullopt;
        }
        return decoding::read_interval(*number);
    }

    [[nodiscard]] Result<RadiusAddresses> read_addresses() const {
        const auto station = attributes_.text("Called-Station-Id", "bad_domain");
        if (!station) {
            return poison("bad_domain");
        }
        const auto domain = decoding::read_dnn(
            terms_, *station ? std::optional<std::string_view>{**station} : std::nullopt
        );
        if (!domain) {
            return poison("bad_domain");
        }
        return decoding::read_radius_addresses(attributes_, *domain);
    }

    /// When the session began, by Acct-Session-Time.
    [[nodiscard]] Result<std::optional<WallTime>> read_began(WallTime time) const {
        const auto lasted = attributes_.number("Acct-Session-Time", "bad_session_time");
        if (!lasted) {
            return poison("bad_session_time");
        }
        const auto since_1970 =
            std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
        if (lasted->value_or(0) > since_1970.count()) {
            return poison("bad_session_time");
        }
        return *lasted ? std::optional{time - std::chrono::seconds{**lasted}} : std::nullopt;
    }

    [[nodiscard]] Result<SessionEvent> read_bind(SessionBind::Extent extent) const {
        SessionBind event;
        RadiusAddresses addresses;
        std::optional<Access> access;
        std::optional<Error> failure;
        const bool whole = extent == SessionBind::Extent::whole;
        event.extent = extent;
        event.may_be_late = true;
        take(read_time(), event.time, failure);
        take(read_name(), event.name, failure);
        take(read_msisdn(), event.msisdn, failure);
        take(read_imsi(), event.imsi, failure);
        take(read_access(), access, failure);
        take(read_interval(), event.interim_interval, failure);
        take(read_addresses(), addresses, failure);
        if (!whole && !failure) {
            take(read_began(event.time), event.began, failure);
        }
        event.held = std::move(addresses.held);
        if (!whole) {
            event.returned = std::move(addresses.returned);
        }
        const bool names_domain = !attributes_.all("Called-Station-Id").empty();
        decoding::settle(event, access, names_domain, terms_);
        return finish(std::move(event), std::move(failure));
    }

    [[nodiscard]] Result<SessionEvent> read_release() const {
        SessionRelease event;
        std::optional<Error> failure;
        take(read_time(), event.time, failure);
        take(read_name(), event.name, failure);
        // All that the session holds goes, whether or not these can be read.
        if (auto addresses = read_addresses()) {
            event.held = std::move(addresses->held);
        }
        return finish(std::move(event), std::move(failure));
    }

    [[nodiscard]] Result<std::vector<SessionEvent>> read_resets() const {
        const auto time = read_time();
        if (!time) {
            return poison(time.error().detail);
        }
        auto sources = read_sources();
        if (!sources) {
            return pass_on(sources);
        }
        std::vector<SessionEvent> events;
        for (auto& source : *sources) {
            events.emplace_back(GatewayReset{.time = *time, .source = std::move(source)});
        }
        return events;
    }

    RadiusAttributes attributes_;
    const FeedRecord& record_;
    const DecoderTerms& terms_;
};

}  // namespace

Result<std::vector<SessionEvent>> decode_radius(
    const FeedRecord& record, const DecoderTerms& terms
) {
    simdjson::dom::parser parser;
    auto root = decoding::parse_record(parser, record);
    if (!root) {
        return pass_on(root);
    }
    if (!root->is_object() && !root->is_array()) {
        return poison("not_an_object");
    }
    auto attributes = RadiusAttributes::read(*root);
    if (!attributes) {
        return pass_on(attributes);
    }
    return Packet{std::move(*attributes), record, terms}.events();
}

}  // namespace numproof
