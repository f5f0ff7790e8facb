// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/gateway_record.h"

#include <algorithm>

#include "daemon/sessions/octets.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 1;
constexpr std::size_t kLanesMax = 64;

}  // namespace

bool add_restart(GatewayRecord& record, const EventPosition& at) {
    const auto before = record;
    auto& restarts = record.restarts;
    const auto known = std::ranges::find(restarts, at.lane, &LaneRestart::lane);
    if (known != restarts.end()) {
        known->offset = std::max(known->offset, at.offset);
        known->time = std::max(known->time, at.time);
        return record != before;
    }
    restarts.push_back({.lane = at.lane, .offset = at.offset, .time = at.time});
    if (restarts.size() > kLanesMax) {
        const auto oldest = std::ranges::min_element(restarts, {}, &LaneRestart::time);
        record.floor = std::max(record.floor, oldest->time);
        restarts.erase(oldest);
    }
    return true;
}

bool died_in_restart(const GatewayRecord& record, const EventPosition& began) {
    const bool dead = std::ranges::any_of(record.restarts, [&](const LaneRestart& restart) {
        return restart.lane == began.lane ? began.offset < restart.offset
                                          : began.time <= restart.time;
    });
    return dead || began.time <= record.floor;
}

Bytes to_stored(const GatewayRecord& record) {
    OctetWriter out;
    out.number(kForm).time(record.floor).number(record.restarts.size());
    for (const auto& restart : record.restarts) {
        out.position({.time = restart.time, .lane = restart.lane, .offset = restart.offset});
    }
    return out.take();
}

Result<GatewayRecord> parse_gateway_record(std::string_view stored) {
    OctetReader in{stored};
    GatewayRecord record;
    if (in.number() != kForm) {
        return fail(ErrorCode::malformed, "gateway record of another form");
    }
    record.floor = in.time();
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        const auto at = in.position();
        record.restarts.push_back({.lane = at.lane, .offset = at.offset, .time = at.time});
    }
    if (!in.whole()) {
        return fail(ErrorCode::malformed, "gateway record is broken");
    }
    return record;
}

}  // namespace numproof
