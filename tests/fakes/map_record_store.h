// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/ports/clock.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// A record store over std::map that never waits. Hooks see every call before it happens, so that
/// a test can let another writer in between; failures are scripted by a budget of writes.
class MapRecordStore final : public RecordStore {
public:
    explicit MapRecordStore(const Clock& clock) noexcept : clock_(clock) {}

    /// Called before each read or replace; may use the store itself.
    std::function<void()> before_call;

    /// How many more single replacements are made before the store fails; negative: any number.
    int writes_left = -1;

    /// While false, every call fails with store_unavailable.
    bool available = true;

    /// While true, only reading fails.
    bool reads_fail = false;

    /// The name of this life.
    std::string life = "life-1";

    [[nodiscard]] Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline /*deadline*/
    ) override {
        call_hook();
        if (!available || reads_fail) {
            co_return fail(ErrorCode::store_unavailable, "scripted");
        }
        std::vector<std::optional<Record>> found;
        for (const auto& key : keys) {
            found.push_back(at(key));
        }
        ++reads;
        co_return found;
    }

    [[nodiscard]] Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline /*deadline*/
    ) override {
        call_hook();
        if (!available) {
            co_return fail(ErrorCode::store_unavailable, "scripted");
        }
        std::vector<ReplaceOutcome> outcomes;
        for (auto& one : replacements) {
            if (writes_left == 0) {
                co_return fail(ErrorCode::store_unavailable, "scripted crash");
            }
            outcomes.push_back(replace_one(std::move(one)));
        }
        co_return outcomes;
    }

    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline /*deadline*/) override {
        if (!available) {
            co_return fail(ErrorCode::store_unavailable, "scripted");
        }
        co_return life;
    }

    /// The record under `key` now.
    [[nodiscard]] std::optional<Record> at(const std::string& key) const {
        const auto found = records.find(key);
        if (found == records.end() || found->second.second <= clock_.mono_now()) {
            return std::nullopt;
        }
        return found->second.first;
    }

    /// Record and the instant at which it is forgotten.
    std::map<std::string, std::pair<Record, MonoTime>> records;
    int reads = 0;
    int writes = 0;

private:
    void call_hook() {
        if (before_call) {
            const auto hook = std::exchange(before_call, nullptr);
            hook();
            if (!before_call) {
                before_call = hook;
            }
        }
    }

    ReplaceOutcome replace_one(Replacement one) {
        const auto current = at(one.key);
        if ((current ? current->revision : Bytes{}) != one.expected) {
            return {.replaced = false, .current = current};
        }
        records.insert_or_assign(
            one.key, std::pair{std::move(one.record), clock_.mono_now() + one.keep}
        );
        ++writes;
        writes_left -= writes_left > 0 ? 1 : 0;
        return {.replaced = true, .current = std::nullopt};
    }

    const Clock& clock_;
};

}  // namespace numproof
