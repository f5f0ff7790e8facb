// SPDX-License-Identifier: Apache-2.0
// What gateways do that account by RADIUS: they state now and then what is there, often without
// saying the domain, and they send a start once more whose response was lost.
#include <algorithm>

#include "tests/simulation/packet_core.h"

namespace numproof::sim {
namespace {

bool is_whole_ipv4(const HeldAddress& held) {
    return held.prefix.address().family() == IpAddress::Family::v4 && held.ports.whole();
}

}  // namespace

void PacketCore::restate() {
    const auto id = some_live();
    if (!id) {
        return;
    }
    const auto& live = live_.at(*id);
    // An accounting record has room for one of these.
    const bool fits = std::ranges::count_if(live.held, is_whole_ipv4) <= 1;
    if (!gateways_[live.gateway].speaks_radius || !fits) {
        return;
    }
    report_.count("state of a session");
    const auto& who = subscribers_[live.subscriber];
    SessionBind event;
    event.time = time_at(live.gateway);
    event.extent = SessionBind::Extent::statement;
    event.may_be_late = true;
    event.name = live.name;
    if (!live.by_imsi) {
        event.msisdn = Msisdn::parse(who.msisdn).value();
    }
    event.says_access = false;
    event.says_domain = dice_.chance(50);
    event.held = live.held;
    if (!event.says_domain) {
        // As decoders leave it where there are several domains.
        for (auto& held : event.held) {
            held.domain.clear();
        }
    }
    ++report_.events;
    // Nothing begins or ends by it: what it names began with the start.
    truth_.tell(SessionEvent{SessionRefresh{.time = event.time, .name = event.name}}, WallTime{});
    const auto at = lane_of(live);
    report_.note("state", 0, [&] {
        return at.topic + " " + live.name.source + "/" + live.name.session + " T" +
               std::to_string(epoch_ms(event.time) % 100000);
    });
    deliver(std::move(event), at);
}

void PacketCore::send_again(const SessionBind& start, const TopicPartition& at) {
    report_.count("start sent again");
    loop_.after(dice_.ms(300, 3000), [this, at, start] {
        report_.note("again", 0, [&] {
            return at.topic + " " + start.name.source + "/" + start.name.session;
        });
        deliver(start, at);
    });
}

}  // namespace numproof::sim
