// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/frame_memory.h"

#include <array>
#include <cstring>
#include <new>

namespace numproof {
namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kSizes = 64;  // Frames below 4 KiB.
constexpr std::size_t kKeptPerSize = 256;

#ifdef NUMPROOF_SANITIZED
constexpr bool kKeeps = false;  // Sanitizers want to see every frame come and go.
#else
constexpr bool kKeeps = true;
#endif

/// A free frame holds the link to the next one of its size.
struct FreeFrame {
    FreeFrame* next;
};

struct Shelf {
    FreeFrame* first = nullptr;
    std::size_t count = 0;
};

struct Shelves {
    std::array<Shelf, kSizes> by_size{};

    Shelves() = default;
    Shelves(const Shelves&) = delete;
    Shelves& operator=(const Shelves&) = delete;

    ~Shelves() {
        closed() = true;
        for (auto& shelf : by_size) {
            while (auto* const frame = shelf.first) {
                shelf.first = frame->next;
                ::operator delete(frame);
            }
        }
    }

    /// True for frames that outlive their thread's shelves.
    static bool& closed() noexcept {
        static thread_local bool over = false;
        return over;
    }

    static Shelf* for_size(std::size_t size) noexcept {
        const auto index = (size + kStep - 1) / kStep;
        if (!kKeeps || index >= kSizes || closed()) {
            return nullptr;
        }
        static thread_local Shelves mine;
        return &mine.by_size.at(index);
    }
};

constexpr std::size_t rounded_up(std::size_t size) noexcept {
    return (size + kStep - 1) / kStep * kStep;
}

}  // namespace

void* take_frame(std::size_t size) {
    auto* const shelf = Shelves::for_size(size);
    if (shelf == nullptr || shelf->first == nullptr) {
        return ::operator new(kKeeps ? rounded_up(size) : size);
    }
    auto* const frame = shelf->first;
    shelf->first = frame->next;
    --shelf->count;
    return frame;
}

void give_frame(void* frame, std::size_t size) noexcept {
    // Short texts and digests lie in the frame itself: a number must not stay behind.
    explicit_bzero(frame, size);
    auto* const shelf = Shelves::for_size(size);
    if (shelf == nullptr || shelf->count == kKeptPerSize) {
        ::operator delete(frame);
        return;
    }
    shelf->first = new (frame) FreeFrame{.next = shelf->first};
    ++shelf->count;
}

}  // namespace numproof
