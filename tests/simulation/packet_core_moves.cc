// SPDX-License-Identifier: Apache-2.0
// What can happen in the made-up network.
#include <algorithm>

#include "tests/simulation/packet_core.h"

namespace numproof::sim {

void PacketCore::attach() {
    const auto subscriber = idle_subscriber();
    const auto first = free_place();
    if (!subscriber || !first) {
        return;
    }
    std::vector<HeldAddress> held{*first};
    // Dual stack: the other family beside it, in the same domain.
    const auto second = free_place();
    const bool other = second && second->domain == first->domain &&
                       second->prefix.address().family() != first->prefix.address().family();
    if (other) {
        held.push_back(*second);
        report_.count("dual stack");
    }
    attach_at(*subscriber, std::move(held));
}

void PacketCore::attach_at(std::size_t subscriber, std::vector<HeldAddress> held) {
    const auto id = ids_++;
    Live live;
    live.gateway = dice_.pick(gateways_.size());
    live.name = {.source = gateways_[live.gateway].name, .session = "s" + std::to_string(id)};
    live.subscriber = subscriber;
    live.held = std::move(held);
    live.by_imsi = dice_.chance(25);
    live.access = dice_.chance(8) ? Access::non_three_gpp : Access::three_gpp;
    if (dice_.chance(35)) {
        live.interval = std::chrono::seconds{dice_.between(1, 3)};
        live.silent = dice_.chance(25);
    }
    for (const auto& one : live.held) {
        holder_[one] = id;
    }
    subscribers_[subscriber].session = id;
    bind(live, SessionBind::Extent::whole, {});
    const auto interval = live.interval;
    live_.emplace(id, std::move(live));
    if (interval) {
        loop_.after(Milliseconds{*interval} * 4 / 5, [this, id] { refresh(id); });
    }
}

void PacketCore::refresh(int id) {
    const auto found = live_.find(id);
    if (found == live_.end() || found->second.silent || stopping_) {
        return;
    }
    auto& live = found->second;
    send(SessionRefresh{.time = time_at(live.gateway), .name = live.name}, lane_of(live));
    loop_.after(Milliseconds{*live.interval} * 4 / 5, [this, id] { refresh(id); });
}

void PacketCore::detach(int id, bool late) {
    auto& live = live_.at(id);
    SessionRelease event{.time = time_at(live.gateway), .name = live.name, .held = {}};
    if (dice_.chance(40)) {
        event.held = live.held;
    }
    if (late) {
        send_late(std::move(event));
    } else {
        send(std::move(event), lane_of(live));
    }
    forget(id);
}

// An address goes to somebody else while its old session still stands; that one's stop comes when
// the new one has begun, or never.
void PacketCore::take_over() {
    const auto id = some_live();
    const auto subscriber = idle_subscriber();
    if (!id || !subscriber) {
        return;
    }
    report_.count("address reused without a stop");
    auto old = live_.at(*id);
    forget(*id);
    attach_at(*subscriber, old.held);
    if (dice_.chance(70)) {
        loop_.after(dice_.ms(1, 3000), [this, old = std::move(old)]() mutable {
            const auto time = time_at(old.gateway);
            send(SessionRelease{.time = time, .name = old.name, .held = {}}, lane_of(old));
        });
    }
}

// The same subscriber keeps the address on another gateway; the old session stops afterwards.
void PacketCore::hand_over() {
    const auto id = some_live();
    if (!id) {
        return;
    }
    report_.count("handover");
    const auto old = live_.at(*id);
    forget(*id);
    attach_at(old.subscriber, old.held);
    loop_.after(dice_.ms(1, 1500), [this, old] {
        const auto time = time_at(old.gateway);
        send(SessionRelease{.time = time, .name = old.name, .held = {}}, lane_of(old));
    });
}

void PacketCore::change_addresses() {
    const auto id = some_live();
    const auto more = free_place();
    if (!id || !more || more->domain != live_.at(*id).held.front().domain) {
        return;
    }
    auto& live = live_.at(*id);
    std::vector<HeldAddress> removed;
    if (dice_.chance(50)) {
        removed.push_back(live.held.front());
        holder_.erase(live.held.front());
        left_.push_back(live.held.front());
        live.held.erase(live.held.begin());
    }
    const auto kept = std::exchange(live.held, {*more});
    holder_[*more] = *id;
    bind(live, SessionBind::Extent::change, std::move(removed));
    live.held.insert(live.held.end(), kept.begin(), kept.end());
    report_.count("addresses changed");
}

// Two subscribers get one address at nearly the same time.
void PacketCore::clash() {
    const auto first = idle_subscriber();
    const auto second = idle_subscriber();
    const auto at = free_place();
    if (!first || !second || *first == *second || !at) {
        return;
    }
    report_.count("clash");
    attach_at(*first, {*at});
    loop_.after(dice_.ms(0, 500), [this, second = *second, at = *at] {
        if (!subscribers_[second].session) {
            attach_at(second, {at});
        }
    });
}

// A gateway begins to count its sessions anew.
void PacketCore::reuse_name() {
    const auto id = some_live();
    const auto subscriber = idle_subscriber();
    const auto at = free_place();
    if (!id || !subscriber || !at) {
        return;
    }
    report_.count("session name reused");
    auto live = live_.at(*id);
    forget(*id);
    live.subscriber = *subscriber;
    live.held = {*at};
    const auto next = ids_++;
    holder_[*at] = next;
    subscribers_[*subscriber].session = next;
    bind(live, SessionBind::Extent::whole, {});
    live.interval.reset();
    live_.emplace(next, std::move(live));
}

void PacketCore::write_books() {
    const auto number = dice_.pick(subscribers_.size());
    auto& who = subscribers_[number];
    bool sim_changed = false;
    const auto fresh = std::to_string(10000 + numbers_made_);
    switch (dice_.pick(5)) {
        case 0:
            sim_changed = true;
            break;
        case 1:
            who.imsi = "2140100000" + fresh;
            ++numbers_made_;
            break;
        case 2:
            who.msisdn = "+346000" + fresh;
            ++numbers_made_;
            break;
        case 3:
            who.state = dice_.chance(50) ? SubscriberState::suspended : SubscriberState::ported_out;
            break;
        default:
            who.state = SubscriberState::active;
            break;
    }
    tell_books(who, sim_changed);
    report_.count("books changed");
    if (!who.session || !dice_.chance(60)) {
        return;
    }
    loop_.after(dice_.ms(500, 3000), [this, id = *who.session] {
        const auto live = live_.find(id);
        if (live != live_.end()) {
            bind(live->second, SessionBind::Extent::whole, {});
        }
    });
}

void PacketCore::change_sim_of(const std::string& number) {
    const auto who = std::ranges::find(subscribers_, number, &Subscriber::msisdn);
    if (who != subscribers_.end()) {
        tell_books(*who, true);
        report_.count("books changed");
    }
}

void PacketCore::restart_gateway() {
    const auto number = dice_.pick(gateways_.size());
    report_.count("gateway restart");
    auto& gateway = gateways_[number];
    const TopicPartition at{
        .topic = gateway.topic, .partition = static_cast<std::int32_t>(dice_.pick(2))};
    send(GatewayReset{.time = time_at(number), .source = gateway.name}, at);
    std::vector<int> gone;
    for (const auto& [id, live] : live_) {
        if (live.gateway == number) {
            gone.push_back(id);
        }
    }
    for (const auto id : gone) {
        forget(id);
    }
}

}  // namespace numproof::sim
