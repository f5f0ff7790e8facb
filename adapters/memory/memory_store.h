// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/memory/expiring_table.h"
#include "adapters/memory/record_table.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// The directory and the grants of a single node, in memory: what all of its threads share behind
/// MemoryRecordStore and MemoryGrantStore. Thread-safe: every call is atomic by itself.
class MemoryStore {
public:
    /// `clock` outlives the store.
    explicit MemoryStore(const Clock& clock);

    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    /// Random, and the same for as long as this object lives.
    [[nodiscard]] const std::string& incarnation() const noexcept { return incarnation_; }

    [[nodiscard]] const Clock& clock() const noexcept { return clock_; }

    /// How many records, grants and names take up memory, forgotten ones included.
    [[nodiscard]] std::size_t size() const;

    // The calls of RecordStore and GrantStore; what they mean is said there.
    [[nodiscard]] std::vector<std::optional<Record>> read(const std::vector<std::string>& keys);
    [[nodiscard]] std::vector<ReplaceOutcome> replace(const std::vector<Replacement>& list);
    void keep_code(const KeepRequest& request);
    [[nodiscard]] RedeemReply redeem(const GrantKey& key);
    [[nodiscard]] IssueOutcome issue(const IssueRequest& request);
    [[nodiscard]] ClaimReply claim(const ClaimRequest& request);
    [[nodiscard]] std::optional<StoredGrant> revoke(const GrantKey& key);
    [[nodiscard]] bool first_use(const std::string& name, Milliseconds keep);

private:
    /// A code or token; a code also knows the token that it gave.
    struct GrantEntry {
        std::string name;
        MonoTime until;
        StoredGrant grant;
        std::string gave;

        [[nodiscard]] std::string_view key() const noexcept { return name; }

        [[nodiscard]] MonoTime expires() const noexcept { return until; }
    };

    struct NameEntry {
        std::string name;
        MonoTime until;

        [[nodiscard]] std::string_view key() const noexcept { return name; }

        [[nodiscard]] MonoTime expires() const noexcept { return until; }
    };

    // All of these need mutex_.
    [[nodiscard]] ReplaceOutcome replace_one(const Replacement& wanted, MonoTime now);
    [[nodiscard]] std::optional<SubscriberHead> subscriber_of(
        const GrantHeader& grant, MonoTime now
    ) const;
    void revoke_if_fresh(const std::string& name, MonoTime now);
    void store(const GrantEntry& entry, GrantState state, MonoTime now);

    const Clock& clock_;
    const std::string incarnation_;
    mutable std::mutex mutex_;
    RecordTable records_;
    ExpiringTable<GrantEntry> grants_;
    ExpiringTable<NameEntry> names_;
};

}  // namespace numproof
