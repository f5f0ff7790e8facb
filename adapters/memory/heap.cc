// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/heap.h"

#include <malloc.h>

namespace numproof {
namespace {

// What glibc begins with. Setting either ends its own judgement of both.
constexpr int kBoundBytes = 128 * 1024;

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::minutes kAtTheLatest{10};
constexpr std::uint64_t kMuch = 5000;
constexpr std::uint64_t kRest = 500;  // In one look: less is no reading of a backlog.

}  // namespace

void bound_heap() {
    mallopt(M_MMAP_THRESHOLD, kBoundBytes);
    mallopt(M_TRIM_THRESHOLD, kBoundBytes);
}

void give_back_heap() {
    malloc_trim(0);
}

bool HeapCare::due(std::uint64_t records, MonoTime now) {
    if (!began_) {
        began_ = true;
        looked_at_ = given_at_ = now;
    }
    if (now - looked_at_ < kLookEvery) {
        return false;
    }
    const bool rests = records - read_ < kRest;
    read_ = records;
    looked_at_ = now;
    const bool due = records - given_ >= kMuch && (rests || now - given_at_ >= kAtTheLatest);
    if (due) {
        given_ = records;
        given_at_ = now;
    }
    return due;
}

}  // namespace numproof
