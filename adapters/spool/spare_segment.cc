// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spare_segment.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace numproof {
namespace {

/// Octets that are made durable at once: small enough that a group commit beside them does not wait
/// long for the disk.
constexpr std::uint64_t kStep = 1ULL << 20U;

/// So many times its size has to be free: zeros must not take the last room that events could have.
constexpr std::uint64_t kFreeTimes = 4;

}  // namespace

SpareSegment::~SpareSegment() {
    discard();
}

void SpareSegment::order() {
    const std::lock_guard lock{mutex_};
    if (stopping_) {
        return;
    }
    if (!thread_.joinable() && !start()) {
        state_ = State::failed;
        return;
    }
    state_ = State::under_way;
    changed_.notify_one();
}

/// Without a thread segments grow as they are written: no reason to end the process.
bool SpareSegment::start() noexcept try {
    thread_ = std::thread{[this] { run(); }};
    return true;
} catch (const std::system_error&) {
    return false;
}

void SpareSegment::make_first() {
    settle(make());
}

SpareSegment::State SpareSegment::state() const {
    const std::lock_guard lock{mutex_};
    return state_;
}

void SpareSegment::forget_failure() {
    const std::lock_guard lock{mutex_};
    if (state_ == State::failed) {
        state_ = State::none;
    }
}

std::unique_ptr<SpoolFile> SpareSegment::take() {
    const std::lock_guard lock{mutex_};
    if (state_ != State::ready) {
        return nullptr;
    }
    state_ = State::none;
    return std::move(file_);
}

void SpareSegment::discard() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
    if (take()) {
        static_cast<void>(files_.remove(kSpareName));
    }
}

void SpareSegment::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || state_ == State::under_way; });
        if (stopping_) {
            return;
        }
        lock.unlock();
        settle(make());
        lock.lock();
    }
}

void SpareSegment::settle(std::unique_ptr<SpoolFile> made) {
    const std::lock_guard lock{mutex_};
    state_ = made ? State::ready : State::failed;
    file_ = std::move(made);
}

std::unique_ptr<SpoolFile> SpareSegment::make() {
    if (files_.room() / kFreeTimes < bytes_) {
        return nullptr;
    }
    auto file = files_.create(kSpareName);
    if (!file) {
        return nullptr;
    }
    for (std::uint64_t size = 0; size < bytes_;) {
        size = std::min(bytes_, size + kStep);
        if (stopping() || !(*file)->prepare(size)) {
            static_cast<void>(files_.remove(kSpareName));
            return nullptr;
        }
    }
    return std::move(*file);
}

bool SpareSegment::stopping() const {
    const std::lock_guard lock{mutex_};
    return stopping_;
}

}  // namespace numproof
