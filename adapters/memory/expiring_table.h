// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "daemon/base/time.h"

namespace numproof {

/// Entries under unique keys that are forgotten after their time. `Entry` gives `key()` and
/// `expires()`, and is moved. Not thread-safe.
///
/// Every put() also looks at a few buckets and drops what has expired there, so that a table
/// that is only ever written to does not grow beyond what is alive.
template <typename Entry>
class ExpiringTable {
public:
    /// The living entry under `key`, or nullptr. Valid until the next put().
    [[nodiscard]] const Entry* find(std::string_view key, MonoTime now) const {
        const auto found = entries_.find(key);
        return found == entries_.end() || found->expires() <= now ? nullptr : &*found;
    }

    /// Stores `entry` in place of what is under its key.
    void put(Entry entry, MonoTime now) {
        if (const auto old = entries_.find(entry.key()); old != entries_.end()) {
            entries_.erase(old);
        }
        entries_.insert(std::move(entry));
        sweep(now);
    }

    /// How many entries take up memory, dead ones included.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    static constexpr std::size_t kBucketsPerSweep = 4;

    struct KeyHash {
        using is_transparent = void;

        std::size_t operator()(std::string_view key) const {
            return std::hash<std::string_view>{}(key);
        }

        std::size_t operator()(const Entry& entry) const { return (*this)(entry.key()); }
    };

    struct KeyEqual {
        using is_transparent = void;

        static std::string_view key_of(const Entry& entry) { return entry.key(); }

        static std::string_view key_of(std::string_view key) { return key; }

        template <typename A, typename B>
        bool operator()(const A& a, const B& b) const {
            return key_of(a) == key_of(b);
        }
    };

    void sweep(MonoTime now) {
        for (std::size_t i = 0; i < kBucketsPerSweep; ++i) {
            next_bucket_ = (next_bucket_ + 1) % entries_.bucket_count();
            sweep_bucket(now);
        }
    }

    void sweep_bucket(MonoTime now) {
        const auto dead = [now](const Entry& entry) { return entry.expires() <= now; };
        while (true) {
            const auto end = entries_.end(next_bucket_);
            const auto found = std::find_if(entries_.begin(next_bucket_), end, dead);
            if (found == end) {
                return;
            }
            entries_.erase(entries_.find(found->key()));
        }
    }

    std::unordered_set<Entry, KeyHash, KeyEqual> entries_;
    std::size_t next_bucket_ = 0;
};

}  // namespace numproof
