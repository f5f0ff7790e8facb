// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "daemon/sessions/octets.h"
#include "daemon/sessions/session_record.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 1;

void put(OctetWriter& out, const std::optional<EventPosition>& at) {
    out.number(at ? 1 : 0);
    if (at) {
        out.position(*at);
    }
}

std::optional<EventPosition> take_position(OctetReader& in) {
    return in.number() == 1 ? std::optional{in.position()} : std::nullopt;
}

void put(OctetWriter& out, const HeldAddress& address) {
    out.text(address.domain).prefix(address.prefix);
    out.number(address.ports.low).number(address.ports.high);
}

HeldAddress take_address(OctetReader& in) {
    HeldAddress address{
        .domain = std::string{in.text()}, .prefix = in.prefix(), .ports = PortRange{}};
    const auto low = in.number();
    const auto high = in.number();
    if (low > high || high > std::numeric_limits<std::uint16_t>::max()) {
        in.spoil();
        return address;
    }
    address.ports = {
        .low = static_cast<std::uint16_t>(low), .high = static_cast<std::uint16_t>(high)};
    return address;
}

void put_terms(OctetWriter& out, const SessionRecord& record) {
    out.text(record.msisdn.value ? record.msisdn.value->reveal() : std::string_view{});
    put(out, record.msisdn.at);
    out.text(record.imsi.value ? record.imsi.value->reveal() : std::string_view{});
    put(out, record.imsi.at);
    out.number(record.access.value == Access::three_gpp ? 0 : 1);
    put(out, record.access.at);
    const auto& interval = record.interim_interval.value;
    out.integer(interval ? interval->count() : 0);
    put(out, record.interim_interval.at);
}

template <typename T>
std::optional<T> take_named(OctetReader& in) {
    const auto text = in.text();
    if (text.empty()) {
        return std::nullopt;
    }
    auto parsed = T::parse(text);
    if (!parsed) {
        in.spoil();
        return std::nullopt;
    }
    return std::move(*parsed);
}

void take_terms(OctetReader& in, SessionRecord& record) {
    record.msisdn.value = take_named<Msisdn>(in);
    record.msisdn.at = take_position(in);
    record.imsi.value = take_named<Imsi>(in);
    record.imsi.at = take_position(in);
    record.access.value = in.number() == 0 ? Access::three_gpp : Access::non_three_gpp;
    record.access.at = take_position(in);
    if (const auto seconds = in.integer(); seconds != 0) {
        record.interim_interval.value = std::chrono::seconds{seconds};
    }
    record.interim_interval.at = take_position(in);
}

void take_lanes(OctetReader& in, SessionRecord& record) {
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        const auto at = in.position();
        record.lanes.push_back({.lane = at.lane, .offset = at.offset, .time = at.time});
    }
}

void take_held(OctetReader& in, SessionRecord& record) {
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        Holding holding{.at = take_address(in), .added = in.position(), .forget_at = std::nullopt};
        if (in.number() == 1) {
            holding.forget_at = in.time();
        }
        record.held.push_back(std::move(holding));
    }
}

void take_removed(OctetReader& in, SessionRecord& record) {
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        HeldPlace place{.domain = std::string{in.text()}, .prefix = in.prefix()};
        const auto at = in.position();
        record.removed.push_back({.place = std::move(place), .at = at, .forget_at = in.time()});
    }
}

}  // namespace

Bytes to_stored(const SessionRecord& record) {
    OctetWriter out;
    out.number(kForm).number(record.version).text(record.gateway.octets());
    out.number(record.lanes.size());
    for (const auto& mark : record.lanes) {
        out.position({.time = mark.time, .lane = mark.lane, .offset = mark.offset});
    }
    put(out, record.whole);
    put(out, record.change);
    put(out, record.end);
    put_terms(out, record);
    out.time(record.last_seen).number(record.held.size());
    for (const auto& holding : record.held) {
        put(out, holding.at);
        out.position(holding.added).number(holding.forget_at ? 1 : 0);
        if (holding.forget_at) {
            out.time(*holding.forget_at);
        }
    }
    out.number(record.removed.size());
    for (const auto& removal : record.removed) {
        out.text(removal.place.domain).prefix(removal.place.prefix);
        out.position(removal.at).time(removal.forget_at);
    }
    return out.take();
}

Result<SessionRecord> parse_session_record(std::string_view stored) {
    OctetReader in{stored};
    SessionRecord record;
    if (in.number() != kForm) {
        return fail(ErrorCode::malformed, "session record of another form");
    }
    record.version = in.number();
    const auto gateway = GatewayId::parse(in.text());
    if (!gateway) {
        return fail(ErrorCode::malformed, "session record without a gateway");
    }
    record.gateway = *gateway;
    take_lanes(in, record);
    record.whole = take_position(in);
    record.change = take_position(in);
    record.end = take_position(in);
    take_terms(in, record);
    record.last_seen = in.time();
    take_held(in, record);
    take_removed(in, record);
    if (!in.whole()) {
        return fail(ErrorCode::malformed, "session record is broken");
    }
    return record;
}

}  // namespace numproof
