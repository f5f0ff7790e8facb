// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "daemon/base/time.h"

namespace numproof {

/// How far the building of a directory is, in records of the partitions that this node reads.
struct RebuildProgress {
    std::int64_t done = 0;
    std::int64_t total = 0;
    double per_second = 0;             ///< Over the last seconds; 0: not known yet.
    std::optional<Milliseconds> left;  ///< At that rate; nothing while it is not known.

    /// 0 to 100; 100 only when all is done.
    [[nodiscard]] int percent() const noexcept;
};

/// Measures how fast a rebuild gets on: over a window, so that a pause or a spurt shows and passes.
/// Belongs to one loop.
class RebuildMeter {
public:
    /// `done` of `total` records are in the directory at `now`. Fewer than before: a new rebuild.
    void note(MonoTime now, std::int64_t done, std::int64_t total);

    [[nodiscard]] RebuildProgress progress() const;

private:
    struct Sample {
        MonoTime at;
        std::int64_t done = 0;
    };

    static constexpr Milliseconds kApart{1000};
    static constexpr std::size_t kSamplesMax = 11;

    std::deque<Sample> samples_;  // The last one moves until it is kApart after its predecessor.
    std::int64_t total_ = 0;
};

}  // namespace numproof
