// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.h"

namespace numproof::sim {

/// What goes wrong in a world, one thing after the other, and is mended again.
class Troubles {
public:
    Troubles(World& world, std::uint64_t seed) : world_(world), dice_(seed) {}

    /// Goes on until the world ends.
    [[nodiscard]] Task<void> run();

    [[nodiscard]] bool over() const noexcept { return over_; }

private:
    [[nodiscard]] Task<void> one();
    [[nodiscard]] Task<void> store_away();
    [[nodiscard]] Task<void> store_slow();
    [[nodiscard]] Task<void> store_unreliable();
    [[nodiscard]] Task<void> fail_over();
    [[nodiscard]] Task<void> wipe();
    [[nodiscard]] Task<void> stall_partition();
    [[nodiscard]] Task<void> set_clock();
    [[nodiscard]] Task<void> rebalance();
    [[nodiscard]] Task<void> restart_ingest();
    [[nodiscard]] Task<void> lose_offsets();
    [[nodiscard]] Task<void> tamper();
    [[nodiscard]] Task<void> poison();
    void begin(std::string_view what);
    void end();

    World& world_;
    Dice dice_;
    bool over_ = false;
};

}  // namespace numproof::sim
