// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/packet_core.h"

#include <algorithm>
#include <array>

namespace numproof::sim {
namespace {

constexpr std::size_t kSubscribers = 400;
constexpr std::size_t kLeftMax = 48;
constexpr Milliseconds kBeatEvery{250};
constexpr Milliseconds kBeatBehind{300};  ///< More than a gateway's clock may be wrong.
constexpr Milliseconds kBufferedFor{4000};

HeldAddress place(const std::string& domain, const std::string& prefix, PortRange ports = {}) {
    return {.domain = domain, .prefix = IpPrefix::parse(prefix).value(), .ports = ports};
}

std::string text_of(const SessionEvent& event) {
    const std::string kind =
        std::array{"bind", "refresh", "release", "reset", "books", "heartbeat"}.at(event.index());
    if (const auto* bind = std::get_if<SessionBind>(&event)) {
        std::string text = kind + " " + bind->name.source + "/" + bind->name.session;
        text +=
            std::array{" whole", " change", " statement"}.at(static_cast<std::size_t>(bind->extent)
            );
        text += bind->msisdn ? " " + std::string{bind->msisdn->reveal()} : " by IMSI";
        for (const auto& held : bind->held) {
            text += " +" + held.domain + ":" + held.prefix.to_text() + ":" +
                    std::to_string(held.ports.low);
        }
        for (const auto& held : bind->removed) {
            text += " -" + held.prefix.to_text();
        }
        return text;
    }
    if (const auto* release = std::get_if<SessionRelease>(&event)) {
        return kind + " " + release->name.source + "/" + release->name.session;
    }
    if (const auto* books = std::get_if<SubscriberChange>(&event)) {
        return kind + " " + std::string{books->msisdn.reveal()} + " " +
               std::string{name_of(books->state)};
    }
    return kind;
}

}  // namespace

PacketCore::PacketCore(VirtualLoop& loop, Broker& broker, Truth& truth, Report& report, Dice dice)
    : loop_(loop), broker_(broker), truth_(truth), report_(report), dice_(dice) {
    broker_.make_topic(kKeyed, 2);
    broker_.make_topic(kMixed, 2);
    broker_.make_topic(kBooks, 1);
    broker_.make_topic(kBuffered, 1);
    for (const auto& [at, partition] : broker_.partitions) {
        delay_[at] = dice_.ms(2, 60);
    }
    for (std::size_t i = 0; i < 6; ++i) {
        gateways_.push_back(
            {.name = "gw-" + std::to_string(i),
             .topic = i % 2 == 0 ? kKeyed : kMixed,
             .error = dice_.ms(-200, 200),
             .last = {},
             .speaks_radius = i % 3 == 1}
        );
    }
    make_places();
    make_subscribers();
}

void PacketCore::make_places() {
    const auto many = [&](int count, const std::string& domain, auto prefix_of) {
        for (int i = 0; i < count; ++i) {
            places_.push_back(place(domain, prefix_of(std::to_string(i + 1))));
        }
    };
    many(90, "internet", [](const std::string& i) { return "10.0.0." + i; });
    many(12, "vpn", [](const std::string& i) { return "10.0.0." + i; });
    many(12, "corp", [](const std::string& i) { return "10.9.0." + i; });
    many(12, "internet", [](const std::string& i) { return "10.9.0." + i; });
    many(70, "internet", [](const std::string& i) { return "2001:db8:a:" + i + "::/64"; });
    many(9, "internet", [](const std::string& i) { return "2001:db8:b:" + i + "00::/56"; });
    many(4, "internet", [](const std::string& i) { return "2001:db8:c" + i + "::/48"; });
    many(4, "internet", [](const std::string& i) { return "2001:db8:c" + i + ":1::/64"; });
    many(4, "internet", [](const std::string& i) { return "2001:db8:c" + i + ":1:2::/80"; });
    many(4, "internet", [](const std::string& i) { return "2001:db8:c" + i + ":1:2::3/128"; });
    for (int shared = 1; shared <= 16; ++shared) {
        for (std::uint16_t block = 0; block < 4; ++block) {
            const auto low = static_cast<std::uint16_t>(10000 + block * 1000);
            const PortRange ports{.low = low, .high = static_cast<std::uint16_t>(low + 999)};
            places_.push_back(place("internet", "10.1.0." + std::to_string(shared), ports));
        }
    }
}

void PacketCore::make_subscribers() {
    for (std::size_t i = 0; i < kSubscribers; ++i) {
        const auto number = std::to_string(10000 + numbers_made_++);
        subscribers_.push_back(
            {.msisdn = "+346000" + number, .imsi = "2140100000" + number, .session = std::nullopt}
        );
        tell_books(subscribers_.back(), false);
    }
}

Task<void> PacketCore::run() {
    auto next_beat = loop_.now();
    auto next_restart = loop_.now() + dice_.ms(4000, 12000);
    while (!stopping_) {
        if (loop_.now() >= next_beat) {
            beat();
            next_beat = loop_.now() + kBeatEvery;
        }
        if (!resting_) {
            step();
        }
        if (loop_.now() >= next_restart && !resting_) {
            restart_gateway();
            next_restart = loop_.now() + dice_.ms(4000, 12000);
        }
        co_await loop_.sleep(dice_.ms(1, 14));
    }
}

void PacketCore::stall(const TopicPartition& at, MonoTime until) {
    earliest_[at] = std::max(earliest_[at], until);
}

void PacketCore::step() {
    const auto what = dice_.pick(100);
    if (what < 36) {
        attach();
    } else if (what < 54) {
        if (const auto id = some_live()) {
            detach(*id, dice_.chance(12));
        }
    } else if (what < 64) {
        take_over();
    } else if (what < 70) {
        hand_over();
    } else if (what < 78) {
        change_addresses();
    } else if (what < 81) {
        clash();
    } else if (what < 85) {
        reuse_name();
    } else if (what < 88) {
        write_books();
    } else if (what < 94) {
        restate();
    }
}

// Everything that the gateway says has its own clock's time, and no two times are the same.
WallTime PacketCore::time_at(std::size_t gateway) {
    auto& one = gateways_[gateway];
    one.last = std::max(one.last + Milliseconds{1}, loop_.wall() + one.error);
    return one.last;
}

TopicPartition PacketCore::lane_of(const Live& live) {
    const auto& topic = gateways_[live.gateway].topic;
    const auto lane = topic == kKeyed ? std::hash<std::string>{}(live.name.session) : dice_.next();
    return {.topic = topic, .partition = static_cast<std::int32_t>(lane % 2)};
}

void PacketCore::send(SessionEvent event, const TopicPartition& at) {
    ++report_.events;
    truth_.tell(event, WallTime{});
    report_.note("sent", event.index(), [&] {
        return at.topic + " " + text_of(event) + " T" +
               std::to_string(
                   epoch_ms(std::visit([](const auto& e) { return e.time; }, event)) % 100000
               );
    });
    deliver(std::move(event), at);
}

void PacketCore::deliver(SessionEvent event, const TopicPartition& at) {
    auto& arrival = earliest_[at];
    arrival = std::max(arrival, loop_.now() + delay_[at]);
    const bool twice = dice_.chance(3) && !std::holds_alternative<Heartbeat>(event);
    loop_.at(arrival, [this, at, twice, event = std::move(event)] {
        broker_.append(at, event);
        if (twice) {
            broker_.repeat_newest(at);
            report_.count("duplicate");
        }
    });
}

void PacketCore::send_late(SessionEvent event) {
    ++report_.events;
    report_.count("late event");
    truth_.tell(event, loop_.wall() + kBufferedFor);
    report_.note("late", event.index(), [&] { return text_of(event); });
    loop_.after(kBufferedFor, [this, event = std::move(event)] {
        broker_.append({.topic = kBuffered, .partition = 0}, event);
    });
}

void PacketCore::beat() {
    for (const auto& [at, partition] : broker_.partitions) {
        send(Heartbeat{.time = loop_.wall() - kBeatBehind, .source = "beat"}, at);
    }
}

void PacketCore::bind(Live& live, SessionBind::Extent extent, std::vector<HeldAddress> removed) {
    const auto& who = subscribers_[live.subscriber];
    SessionBind event;
    event.time = time_at(live.gateway);
    event.extent = extent;
    event.name = live.name;
    if (!live.by_imsi) {
        event.msisdn = Msisdn::parse(who.msisdn).value();
    }
    if (live.by_imsi || dice_.chance(50)) {
        event.imsi = Imsi::parse(who.imsi).value();
    }
    event.access = live.access;
    event.interim_interval = live.interval;
    event.held = live.held;
    event.removed = std::move(removed);
    const auto at = lane_of(live);
    if (gateways_[live.gateway].speaks_radius && extent == SessionBind::Extent::whole) {
        event.may_be_late = true;
        if (dice_.chance(20)) {
            send_again(event, at);
        }
    }
    send(std::move(event), at);
}

void PacketCore::tell_books(const Subscriber& subscriber, bool sim_changed) {
    send(
        SubscriberChange{
            .time = loop_.wall(),
            .imsi = Imsi::parse(subscriber.imsi).value(),
            .msisdn = Msisdn::parse(subscriber.msisdn).value(),
            .state = subscriber.state,
            .sim_changed = sim_changed},
        {.topic = kBooks, .partition = 0}
    );
}

std::optional<HeldAddress> PacketCore::free_place() {
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto& found = places_[dice_.pick(places_.size())];
        if (!holder_.contains(found)) {
            return found;
        }
    }
    return std::nullopt;
}

std::optional<int> PacketCore::some_live() {
    if (live_.empty()) {
        return std::nullopt;
    }
    const auto from =
        live_.lower_bound(static_cast<int>(dice_.pick(static_cast<std::size_t>(ids_))));
    return from == live_.end() ? live_.begin()->first : from->first;
}

std::optional<std::size_t> PacketCore::idle_subscriber() {
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto found = dice_.pick(subscribers_.size());
        if (!subscribers_[found].session) {
            return found;
        }
    }
    return std::nullopt;
}

void PacketCore::forget(int id) {
    const auto found = live_.find(id);
    for (const auto& held : found->second.held) {
        const auto holder = holder_.find(held);
        if (holder != holder_.end() && holder->second == id) {
            holder_.erase(holder);
        }
        left_.push_back(held);
        if (left_.size() > kLeftMax) {
            left_.pop_front();
        }
    }
    subscribers_[found->second.subscriber].session.reset();
    live_.erase(found);
}

SourceEndpoint PacketCore::endpoint_in(const HeldAddress& held, Dice& dice) {
    auto address = held.prefix.address();
    if (address.family() == IpAddress::Family::v6) {
        std::array<std::uint8_t, 16> octets{};
        std::copy_n(address.octets().begin(), octets.size(), octets.begin());
        for (unsigned bit = held.prefix.length(); bit < 128; ++bit) {
            const auto set = static_cast<unsigned>(dice.pick(2)) << (7 - bit % 8);
            octets.at(bit / 8) = static_cast<std::uint8_t>(octets.at(bit / 8) | set);
        }
        address = IpAddress::v6(octets);
    }
    const auto low = std::max<std::uint16_t>(held.ports.low, 1024);
    const auto port = low + dice.pick(static_cast<std::size_t>(held.ports.high - low) + 1);
    return {.address = address, .port = static_cast<std::uint16_t>(port)};
}

std::optional<HeldAddress> PacketCore::some_held(Dice& dice) const {
    if (holder_.empty()) {
        return std::nullopt;
    }
    const auto found = holder_.lower_bound(places_[dice.pick(places_.size())]);
    return found == holder_.end() ? holder_.begin()->first : found->first;
}

SourceEndpoint PacketCore::somewhere(Dice& dice) const {
    const auto what = dice.pick(100);
    auto held = places_[dice.pick(places_.size())];
    if (what < 62) {
        held = some_held(dice).value_or(held);
    } else if (what < 88 && !left_.empty()) {
        held = left_[dice.pick(left_.size())];
    }
    auto endpoint = endpoint_in(held, dice);
    if (!held.ports.whole() && dice.chance(25)) {
        endpoint.port = static_cast<std::uint16_t>(dice.chance(30) ? 0 : dice.between(9000, 14999));
    }
    return endpoint;
}

std::string PacketCore::some_number(Dice& dice) const {
    return subscribers_[dice.pick(subscribers_.size())].msisdn;
}

}  // namespace numproof::sim
