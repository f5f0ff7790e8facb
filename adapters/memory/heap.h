// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "daemon/base/time.h"

namespace numproof {

/// Fixes what malloc returns to the system at once: large blocks, and free memory at the end of a
/// heap. Left alone it raises both bounds (mallopt(3), M_MMAP_THRESHOLD) as soon as a large block
/// is freed, and keeps the buffers that a feed was read through. Before the first thread.
void bound_heap();

/// Returns to the system all whole pages that are free. Takes milliseconds; whoever allocates
/// memory meanwhile may wait for as long. From any thread.
void give_back_heap();

/// Decides when to do that: some moments after much was read, when reading has come to rest, and
/// from time to time while it does not rest. Pure; for one thread.
class HeapCare {
public:
    /// Asked about once a second: `records` have been read until `now`. True: give back now.
    [[nodiscard]] bool due(std::uint64_t records, MonoTime now);

private:
    std::uint64_t read_ = 0;   ///< At the last look.
    std::uint64_t given_ = 0;  ///< When it was given back last.
    MonoTime looked_at_{};
    MonoTime given_at_{};
    bool began_ = false;
};

}  // namespace numproof
