// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/troubles.h"

#include <array>

#include "daemon/domain/store_keys.h"
#include "daemon/sessions/address_record.h"

namespace numproof::sim {
namespace {

/// How long everything may need to be well again.
constexpr Milliseconds kRecovery{6000};

}  // namespace

Task<void> Troubles::run() {
    co_await world_.loop_.sleep(dice_.ms(9000, 16000));
    while (!world_.ending_) {
        co_await one();
        const auto pause = dice_.chance(45) ? dice_.ms(200, 2500) : dice_.ms(7500, 11000);
        co_await world_.loop_.sleep(pause);
    }
    over_ = true;
}

void Troubles::begin(std::string_view what) {
    ++world_.report_.events;
    world_.report_.count(what);
    world_.report_.note("trouble", what.size(), [&] { return std::string{what}; });
    world_.condition_.troubled_until = MonoTime::max();
}

void Troubles::end() {
    world_.report_.note("trouble over", 0, [] { return std::string{}; });
    world_.condition_.troubled_until = world_.loop_.now() + kRecovery;
}

Task<void> Troubles::one() {
    constexpr std::array kKinds{
        &Troubles::store_away,
        &Troubles::store_slow,
        &Troubles::store_unreliable,
        &Troubles::fail_over,
        &Troubles::wipe,
        &Troubles::stall_partition,
        &Troubles::stall_partition,
        &Troubles::set_clock,
        &Troubles::set_clock,
        &Troubles::rebalance,
        &Troubles::restart_ingest,
        &Troubles::lose_offsets,
        &Troubles::tamper,
        &Troubles::tamper,
        &Troubles::poison};
    return (this->*kKinds.at(dice_.pick(kKinds.size())))();
}

Task<void> Troubles::store_away() {
    begin("store away");
    world_.store_.down = true;
    co_await world_.loop_.sleep(dice_.ms(300, 3000));
    world_.store_.down = false;
    end();
}

Task<void> Troubles::store_slow() {
    begin("store slow");
    auto& node = *world_.nodes_[dice_.pick(world_.nodes_.size())];
    node.link.weather.slow = dice_.ms(20, 900);
    co_await world_.loop_.sleep(dice_.ms(1000, 5000));
    node.link.weather = {};
    end();
}

Task<void> Troubles::store_unreliable() {
    begin("store unreliable");
    for (auto& node : world_.nodes_) {
        node->link.weather.unavailable = static_cast<unsigned>(dice_.pick(15));
        node->link.weather.replies_lost = static_cast<unsigned>(dice_.pick(25));
    }
    co_await world_.loop_.sleep(dice_.ms(1000, 5000));
    for (auto& node : world_.nodes_) {
        node->link.weather = {};
    }
    end();
}

Task<void> Troubles::fail_over() {
    begin("failover");
    world_.store_.down = true;
    co_await world_.loop_.sleep(dice_.ms(50, 600));
    if (world_.store_.fail_over()) {
        world_.condition_.lives.push_back(world_.loop_.wall());
    }
    world_.store_.down = false;
    end();
}

Task<void> Troubles::wipe() {
    begin("store comes back empty");
    world_.store_.down = true;
    co_await world_.loop_.sleep(dice_.ms(50, 600));
    world_.store_.wipe();
    world_.condition_.lives.push_back(world_.loop_.wall());
    world_.condition_.wiped = true;
    world_.store_.down = false;
    end();
}

// All events of a partition are late, its heartbeats too: whatever moves away there is not known.
Task<void> Troubles::stall_partition() {
    begin("partition stalls");
    const TopicPartition at{
        .topic = dice_.chance(50) ? kKeyed : kMixed,
        .partition = static_cast<std::int32_t>(dice_.pick(2))};
    const auto length = dice_.ms(3000, 8000);
    world_.core_.stall(at, world_.loop_.now() + length);
    co_await world_.loop_.sleep(length);
    end();
}

Task<void> Troubles::set_clock() {
    begin("wall clock set");
    auto& node = *world_.nodes_[dice_.pick(world_.nodes_.size())];
    const auto far = dice_.chance(50);
    const auto by = far ? dice_.ms(2000, 60000) : dice_.ms(1400, 4800);
    node.clock.set(dice_.chance(far ? 50 : 15) ? by : -by);
    co_await world_.loop_.sleep(dice_.ms(1000, 5000));
    node.clock.set(Milliseconds{0});
    end();
}

Task<void> Troubles::rebalance() {
    begin("rebalance");
    auto& zombie = world_.nodes_[dice_.pick(world_.nodes_.size())]->feed();
    zombie.frozen = true;
    world_.deal_partitions();
    co_await world_.loop_.sleep(dice_.ms(200, 4000));
    zombie.frozen = false;
    end();
}

Task<void> Troubles::restart_ingest() {
    begin("ingest restarted");
    world_.nodes_[dice_.pick(world_.nodes_.size())]->restart_ingest();
    co_await world_.loop_.sleep(dice_.ms(100, 2000));
    world_.deal_partitions();
    end();
}

Task<void> Troubles::lose_offsets() {
    begin("offsets lost");
    for (auto& [at, partition] : world_.broker_.partitions) {
        partition.committed = 0;
    }
    for (auto& node : world_.nodes_) {
        node->restart_ingest();
    }
    world_.deal_partitions();
    co_await world_.loop_.sleep(Milliseconds{100});
    end();
}

// Records that name numbers are exchanged or cut, tokens get each other's sealed part.
Task<void> Troubles::tamper() {
    begin("store tampered with");
    world_.store_.tokens_exchanged = 30;
    for (int i = 0; i < 4; ++i) {
        const auto first = world_.core_.some_held(dice_);
        const auto second = world_.core_.some_held(dice_);
        if (first && second) {
            world_.touch_records(*first, *second, dice_.chance(70));
        }
    }
    co_await world_.loop_.sleep(dice_.ms(1000, 3000));
    world_.store_.tokens_exchanged = 0;
    end();
}

Task<void> Troubles::poison() {
    begin("poison");
    for (auto& [at, partition] : world_.broker_.partitions) {
        world_.broker_.append_poison(at);
    }
    co_await world_.loop_.sleep(Milliseconds{100});
    end();
}

}  // namespace numproof::sim
