// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.h"

namespace numproof {

/// Whether Redis takes writes, as all connections of this process have seen it. Thread-safe.
class RedisWrites {
public:
    /// For so long a refusal is believed to last; a Redis that is still full is seen again sooner.
    static constexpr Milliseconds kBelievedFor{5000};

    /// Notes that a write was answered by the error `word`, or would be. Only OOM, MISCONF and
    /// NOREPLICAS say that writes are refused. True: it is news, and the operator is to be told.
    [[nodiscard]] bool note_refusal(std::string_view word, MonoTime now);

    /// Notes that nothing was found wrong. True: writes were refused lately, and are no more.
    [[nodiscard]] bool note_calm(MonoTime now);

    /// Why writes are refused, and what to do about it; nothing if they are taken, as far as known.
    [[nodiscard]] std::optional<std::string> trouble(MonoTime now) const;

    /// True from note_refusal() to note_calm().
    [[nodiscard]] bool are_refused() const noexcept { return refused_.load(); }

private:
    std::atomic<bool> refused_{false};
    mutable std::mutex mutex_;
    std::string_view trouble_;  // Guarded by mutex_, as what follows.
    MonoTime last_{};
};

}  // namespace numproof
