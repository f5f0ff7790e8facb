// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <random>
#include <utility>

#include "daemon/base/result.h"
#include "daemon/base/task.h"

namespace numproof {

/// How a call to a store goes wrong.
enum class StoreFault : std::uint8_t {
    none,
    unavailable,   ///< Nothing happens: store_unavailable.
    full,          ///< Nothing happens: queue_full.
    late,          ///< Nothing happens: deadline_exceeded.
    reply_lost,    ///< It happens, but the caller is told store_unavailable.
    reply_late,    ///< It happens, but the caller is told deadline_exceeded.
    half_happened  ///< The first half of a list happens, then store_unavailable.
};

/// Which calls go wrong, and how: what was scheduled comes first, then what is usual.
class StoreFaults {
public:
    /// The next calls go as `faults` say, one each.
    void schedule(std::initializer_list<StoreFault> faults) {
        scheduled_.insert(scheduled_.end(), faults);
    }

    /// Every call from now on, until told otherwise.
    void always(StoreFault fault) {
        usual_ = fault;
        percent_ = 100;
    }

    /// About `percent` of a hundred calls go wrong in any way; the same `seed` gives the same.
    void randomly(std::uint32_t seed, unsigned percent) {
        random_.seed(seed);
        usual_.reset();
        percent_ = percent;
    }

    /// Nothing goes wrong any more.
    void heal() {
        scheduled_.clear();
        usual_ = StoreFault::none;
        percent_ = 0;
    }

    /// How the call that begins now goes.
    [[nodiscard]] StoreFault draw() {
        if (!scheduled_.empty()) {
            const auto fault = scheduled_.front();
            scheduled_.pop_front();
            return fault;
        }
        if (percent_ == 0 || random_() % 100 >= percent_) {
            return StoreFault::none;
        }
        return usual_.value_or(static_cast<StoreFault>(1 + random_() % 6));
    }

private:
    std::deque<StoreFault> scheduled_;
    std::optional<StoreFault> usual_ = StoreFault::none;
    unsigned percent_ = 0;
    std::mt19937 random_;
};

/// Runs `call`, or does not, as `fault` says.
template <typename T>
Task<Result<T>> run_faulty(StoreFault fault, Task<Result<T>> call) {
    switch (fault) {
        case StoreFault::unavailable:
            co_return fail(ErrorCode::store_unavailable, "fault: unavailable");
        case StoreFault::full:
            co_return fail(ErrorCode::queue_full, "fault: full");
        case StoreFault::late:
            co_return fail(ErrorCode::deadline_exceeded, "fault: late");
        case StoreFault::none:
        case StoreFault::reply_lost:
        case StoreFault::reply_late:
        case StoreFault::half_happened:
            break;
    }
    auto answer = co_await call;
    if (fault == StoreFault::none) {
        co_return answer;
    }
    const bool late = fault == StoreFault::reply_late;
    co_return fail(
        late ? ErrorCode::deadline_exceeded : ErrorCode::store_unavailable, "fault: reply lost"
    );
}

}  // namespace numproof
