// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/ports/grant_store.h"
#include "daemon/ports/record_store.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/replicated_store.h"

namespace numproof::sim {

/// How one machine reaches the store at the moment.
struct LinkWeather {
    Milliseconds slow{};        ///< Added to a call, at most; every call takes its own time.
    unsigned unavailable = 0;   ///< Percent of calls that do not get there.
    unsigned replies_lost = 0;  ///< Percent of calls that happen, and nobody is told.
};

/// One machine's connection to the store. Calls take time, overtake each other, may happen long
/// after their caller gave up, or happen without an answer.
class StoreLink final : public RecordStore, public GrantStore {
public:
    StoreLink(VirtualLoop& loop, ReplicatedStore& store, std::uint64_t seed)
        : loop_(loop), store_(store), dice_(seed) {}

    [[nodiscard]] Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline deadline
    ) override;
    [[nodiscard]] Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline deadline
    ) override;
    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline) override;

    [[nodiscard]] Task<Result<void>> keep_code(KeepRequest request, Deadline deadline) override;
    [[nodiscard]] Task<Result<RedeemReply>> redeem(RedeemRequest request, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<IssueOutcome>> issue(IssueRequest request, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<ClaimReply>> claim(ClaimRequest request, Deadline deadline) override;
    [[nodiscard]] Task<Result<std::optional<StoredGrant>>> revoke(GrantKey key, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<bool>> first_use(
        std::string name, Milliseconds keep, Deadline deadline
    ) override;

    LinkWeather weather;

private:
    template <typename T>
    using Act = std::function<Result<T>()>;

    template <typename T>
    Task<Result<T>> through(Act<T> act, Deadline deadline);

    VirtualLoop& loop_;
    ReplicatedStore& store_;
    Dice dice_;
    Bytes last_sealed_;
};

}  // namespace numproof::sim
