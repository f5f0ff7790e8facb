// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/native_decoder.h"

#include <array>
#include <limits>

#include "daemon/sessions/event_time.h"
#include "daemon/sessions/record_json.h"
#include "daemon/sessions/record_values.h"

namespace numproof {
namespace {

namespace dom = simdjson::dom;

using decoding::Fields;
using decoding::finish;
using decoding::kAddressesMax;
using decoding::poison;
using decoding::take;

Result<WallTime> read_instant(const dom::element& element) {
    if (std::int64_t ms = 0; element.get(ms) == simdjson::SUCCESS) {
        constexpr std::int64_t kYear10000 = 253402300800000;
        if (ms < 0 || ms >= kYear10000) {
            return poison("bad_time");
        }
        return wall_from_ms(ms);
    }
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) {
        return poison("bad_time");
    }
    auto time = parse_rfc3339(text);
    if (!time || *time < WallTime{}) {
        return poison("bad_time");
    }
    return *time;
}

Result<WallTime> read_time(const Fields& fields) {
    const auto element = fields.find("time");
    if (!element) {
        return poison("bad_time");
    }
    auto time = read_instant(*element);
    if (!time) {
        return time;
    }
    return decoding::check_time(fields.record(), *time);
}

Result<SessionName> read_name(const Fields& fields) {
    auto source = fields.required_text("source", "bad_source");
    if (!source) {
        return pass_on(source);
    }
    auto session = fields.required_text("session", "bad_session");
    if (!session) {
        return pass_on(session);
    }
    return SessionName{.source = std::string{*source}, .session = std::string{*session}};
}

Result<std::optional<Msisdn>> read_msisdn(const Fields& fields) {
    const auto text = fields.text("msisdn", "bad_msisdn");
    if (!text) {
        return poison("bad_msisdn");
    }
    if (!*text) {
        return std::nullopt;
    }
    return decoding::read_msisdn(fields.terms(), **text);
}

Result<std::optional<Imsi>> read_imsi(const Fields& fields) {
    const auto text = fields.text("imsi", "bad_imsi");
    if (!text) {
        return poison("bad_imsi");
    }
    if (!*text) {
        return std::nullopt;
    }
    return decoding::read_imsi(**text);
}

Result<std::string> read_domain(const Fields& fields) {
    auto text = fields.text("domain", "bad_domain");
    if (!text) {
        return pass_on(text);
    }
    return *text ? decoding::read_domain(**text) : fields.terms().default_domain;
}

Result<PortRange> read_ports(const dom::element& element) {
    std::array<std::uint64_t, 2> bounds{};
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS || array.size() != bounds.size()) {
        return poison("bad_ports");
    }
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        if (array.at(i).get(bounds.at(i)) != simdjson::SUCCESS) {
            return poison("bad_ports");
        }
    }
    if (bounds[0] > bounds[1] || bounds[1] > std::numeric_limits<std::uint16_t>::max()) {
        return poison("bad_ports");
    }
    return PortRange{
        .low = static_cast<std::uint16_t>(bounds[0]),
        .high = static_cast<std::uint16_t>(bounds[1])};
}

Result<void> add_ipv4(
    const Fields& fields, const std::string& domain, std::vector<HeldAddress>& held
) {
    const auto text = fields.text("ipv4", "bad_ipv4");
    if (!text) {
        return poison("bad_ipv4");
    }
    const auto ports = fields.find("ports");
    if (!*text) {
        return ports ? Result<void>{poison("bad_ports")} : Result<void>{};
    }
    auto prefix = decoding::read_prefix(**text, IpAddress::Family::v4, "bad_ipv4");
    if (!prefix) {
        return pass_on(prefix);
    }
    HeldAddress address{.domain = domain, .prefix = *prefix, .ports = {}};
    if (ports) {
        auto range = read_ports(*ports);
        if (!range) {
            return pass_on(range);
        }
        address.ports = *range;
    }
    held.push_back(std::move(address));
    return {};
}

struct ListField {
    std::string_view name;
    std::string_view reason;
};

Result<void> add_list(
    const Fields& fields,
    const ListField& field,
    const std::string& domain,
    std::vector<HeldAddress>& held
) {
    const auto element = fields.find(field.name);
    if (!element) {
        return {};
    }
    dom::array array;
    if (element->get(array) != simdjson::SUCCESS || array.size() > kAddressesMax) {
        return poison(field.reason);
    }
    for (const auto item : array) {
        std::string_view text;
        const auto prefix = item.get(text) == simdjson::SUCCESS
                                ? IpPrefix::parse(text)
                                : fail(ErrorCode::malformed, "not a text");
        if (!prefix || !decoding::is_storable(*prefix)) {
            return poison(field.reason);
        }
        held.push_back({.domain = domain, .prefix = *prefix, .ports = {}});
    }
    return {};
}

Result<std::vector<HeldAddress>> read_held(const Fields& fields) {
    auto domain = read_domain(fields);
    if (!domain) {
        return pass_on(domain);
    }
    std::vector<HeldAddress> held;
    if (auto added = add_ipv4(fields, *domain, held); !added) {
        return pass_on(added);
    }
    const auto v6 = fields.text("ipv6_prefix", "bad_ipv6_prefix");
    if (!v6) {
        return poison("bad_ipv6_prefix");
    }
    if (*v6) {
        auto prefix = decoding::read_prefix(**v6, IpAddress::Family::v6, "bad_ipv6_prefix");
        if (!prefix) {
            return pass_on(prefix);
        }
        held.push_back({.domain = *domain, .prefix = *prefix, .ports = {}});
    }
    if (auto added = add_list(fields, {"routes", "bad_routes"}, *domain, held); !added) {
        return pass_on(added);
    }
    return held;
}

Result<std::vector<HeldAddress>> read_removed(const Fields& fields) {
    std::vector<HeldAddress> removed;
    const auto domain = read_domain(fields);
    if (!domain) {
        return poison("bad_removed");
    }
    if (auto added = add_list(fields, {"removed", "bad_removed"}, *domain, removed); !added) {
        return pass_on(added);
    }
    return removed;
}

Result<Access> read_access(const Fields& fields) {
    auto text = fields.required_text("access", "bad_access");
    if (!text) {
        return pass_on(text);
    }
    if (*text == "3gpp") {
        return Access::three_gpp;
    }
    if (*text == "non_3gpp") {
        return Access::non_three_gpp;
    }
    return poison("bad_access");
}

Result<std::optional<std::chrono::seconds>> read_interval(const Fields& fields) {
    const auto element = fields.find("interim_interval");
    if (!element) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    const bool is_number = element->get(number) == simdjson::SUCCESS;
    return decoding::read_interval(is_number ? std::optional{number} : std::nullopt);
}

Result<SessionEvent> read_bind(const Fields& fields, SessionBind::Extent extent) {
    SessionBind event;
    std::optional<Error> failure;
    event.extent = extent;
    take(read_time(fields), event.time, failure);
    take(read_name(fields), event.name, failure);
    take(read_msisdn(fields), event.msisdn, failure);
    take(read_imsi(fields), event.imsi, failure);
    take(read_access(fields), event.access, failure);
    take(read_interval(fields), event.interim_interval, failure);
    take(read_held(fields), event.held, failure);
    if (extent == SessionBind::Extent::change) {
        take(read_removed(fields), event.removed, failure);
    }
    return finish(std::move(event), std::move(failure));
}

Result<SessionEvent> read_refresh(const Fields& fields) {
    SessionRefresh event;
    std::optional<Error> failure;
    take(read_time(fields), event.time, failure);
    take(read_name(fields), event.name, failure);
    return finish(std::move(event), std::move(failure));
}

Result<SessionEvent> read_release(const Fields& fields) {
    SessionRelease event;
    std::optional<Error> failure;
    take(read_time(fields), event.time, failure);
    take(read_name(fields), event.name, failure);
    take(read_held(fields), event.held, failure);
    return finish(std::move(event), std::move(failure));
}

template <typename Event>
Result<SessionEvent> read_sourced(const Fields& fields) {
    Event event;
    std::optional<Error> failure;
    take(read_time(fields), event.time, failure);
    take(fields.required_text("source", "bad_source"), event.source, failure);
    return finish(std::move(event), std::move(failure));
}

Result<SubscriberState> read_state(const Fields& fields) {
    auto text = fields.required_text("state", "bad_state");
    if (!text) {
        return pass_on(text);
    }
    for (const auto state :
         {SubscriberState::active,
          SubscriberState::suspended,
          SubscriberState::ported_out,
          SubscriberState::deleted}) {
        if (*text == name_of(state)) {
            return state;
        }
    }
    return poison("bad_state");
}

Result<SessionEvent> read_subscriber(const Fields& fields) {
    auto time = read_time(fields);
    if (!time) {
        return pass_on(time);
    }
    auto imsi = read_imsi(fields);
    if (!imsi || !*imsi) {
        return poison("bad_imsi");
    }
    auto msisdn = read_msisdn(fields);
    if (!msisdn) {
        return pass_on(msisdn);
    }
    if (!*msisdn) {
        return poison("bad_msisdn");
    }
    auto state = read_state(fields);
    if (!state) {
        return pass_on(state);
    }
    SubscriberChange event{
        .time = *time, .imsi = std::move(**imsi), .msisdn = std::move(**msisdn), .state = *state};
    if (const auto flag = fields.find("sim_changed");
        flag && flag->get(event.sim_changed) != simdjson::SUCCESS) {
        return poison("bad_sim_changed");
    }
    return SessionEvent{std::move(event)};
}

Result<SessionEvent> read_event(const Fields& fields) {
    auto op = fields.required_text("op", "no_op");
    if (!op) {
        return pass_on(op);
    }
    if (*op == "bind") {
        return read_bind(fields, SessionBind::Extent::whole);
    }
    if (*op == "rebind") {
        return read_bind(fields, SessionBind::Extent::change);
    }
    if (*op == "refresh") {
        return read_refresh(fields);
    }
    if (*op == "release") {
        return read_release(fields);
    }
    if (*op == "reset") {
        return read_sourced<GatewayReset>(fields);
    }
    if (*op == "subscriber") {
        return read_subscriber(fields);
    }
    if (*op == "heartbeat") {
        return read_sourced<Heartbeat>(fields);
    }
    return poison("unknown_op");
}

}  // namespace

Result<SessionEvent> decode_native(const FeedRecord& record, const DecoderTerms& terms) {
    dom::parser parser;
    auto object = decoding::parse_object(parser, record);
    if (!object) {
        return pass_on(object);
    }
    return read_event(Fields{*object, record, terms});
}

RecordDecoder native_decoder(DecoderTerms terms) {
    return
        [terms = std::move(terms)](const FeedRecord& record) -> Result<std::vector<SessionEvent>> {
            return decoding::only(decode_native(record, terms));
        };
}

}  // namespace numproof
