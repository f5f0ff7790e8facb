// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/frame_memory.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace numproof {
namespace {

// Every octet of every frame in use belongs to it alone.
TEST(FrameMemory, FramesInUseNeverOverlap) {
    struct Frame {
        void* octets;
        std::size_t size;
        unsigned char mark;
    };

    std::vector<Frame> used;
    unsigned state = 7;
    for (int i = 0; i < 20'000; ++i) {
        state = state * 1664525U + 1013904223U;
        if (state % 3 != 0 || used.empty()) {
            const std::size_t size = 16 + (state >> 8U) % 6000;
            const auto mark = static_cast<unsigned char>(i);
            used.push_back({.octets = take_frame(size), .size = size, .mark = mark});
            std::memset(used.back().octets, mark, size);
            continue;
        }
        const auto frame = used[(state >> 8U) % used.size()];
        used[(state >> 8U) % used.size()] = used.back();
        used.pop_back();
        const auto* const octets = static_cast<const unsigned char*>(frame.octets);
        for (std::size_t at = 0; at < frame.size; ++at) {
            ASSERT_EQ(octets[at], frame.mark) << "at " << at << " of " << frame.size;
        }
        give_frame(frame.octets, frame.size);
    }
    for (const auto& frame : used) {
        give_frame(frame.octets, frame.size);
    }
}

#ifndef NUMPROOF_SANITIZED
TEST(FrameMemory, AFreedFrameServesTheNextOfItsSize) {
    void* const first = take_frame(1712);
    give_frame(first, 1712);
    void* const again = take_frame(1700);
    EXPECT_EQ(again, first);
    give_frame(again, 1700);
}

// A number that stood in a frame does not wait on the shelf until another request needs one.
TEST(FrameMemory, AFreedFrameKeepsNothingOfWhatStoodInIt) {
    constexpr std::size_t kSize = 700;
    constexpr std::size_t kLink = sizeof(void*);
    auto* const frame = static_cast<unsigned char*>(take_frame(kSize));
    std::memset(frame, 0xAA, kSize);
    give_frame(frame, kSize);
    auto* const again = static_cast<unsigned char*>(take_frame(kSize));
    ASSERT_EQ(again, frame);
    for (std::size_t at = kLink; at < kSize; ++at) {
        ASSERT_EQ(again[at], 0) << "at " << at;
    }
    give_frame(again, kSize);
}
#endif

TEST(FrameMemory, FramesMayGoFromOneThreadToAnother) {
    std::vector<void*> frames;
    std::thread maker{[&] {
        for (int i = 0; i < 1000; ++i) {
            frames.push_back(take_frame(200));
        }
    }};
    maker.join();
    for (auto* const frame : frames) {
        std::memset(frame, 1, 200);
        give_frame(frame, 200);
    }
    EXPECT_EQ(frames.size(), 1000U);
}

}  // namespace
}  // namespace numproof
