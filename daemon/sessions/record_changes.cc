// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/record_changes.h"

#include <algorithm>
#include <iterator>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::size_t kRevisionSize = 8;

/// A batch of ingest is read in few round trips; it is written in pieces that even a busy store
/// acknowledges well within the deadline of a command.
constexpr std::size_t kKeysAtOnce = 1024;
constexpr std::size_t kWritesAtOnce = 256;

bool is_sealed(std::string_view value) {
    return !value.empty() && (static_cast<unsigned char>(value.front()) & 0x80U) != 0;
}

/// A change and what stands in its place as far as we know.
struct OpenChange {
    RecordChange* change = nullptr;
    std::optional<Record> current;
};

struct Attempt {
    std::vector<OpenChange> waiting;  ///< Those that write, in the order of `replacements`.
    std::vector<Replacement> replacements;
};

Attempt prepare(std::vector<OpenChange> open) {
    Attempt attempt;
    for (auto& one : open) {
        auto made = one.change->make(one.current);
        if (!made) {
            continue;
        }
        attempt.replacements.push_back(
            {.key = one.change->key,
             .expected = one.current ? one.current->revision : Bytes{},
             .record = std::move(made->record),
             .keep = std::max(made->keep, Milliseconds{1})}
        );
        attempt.waiting.push_back(std::move(one));
    }
    return attempt;
}

std::vector<OpenChange> losers(Attempt attempt, std::vector<ReplaceOutcome> outcomes) {
    std::vector<OpenChange> lost;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!outcomes[i].replaced) {
            attempt.waiting[i].current = std::move(outcomes[i].current);
            lost.push_back(std::move(attempt.waiting[i]));
        }
    }
    return lost;
}

Task<Result<std::vector<ReplaceOutcome>>> replace_all(
    RecordStore& store, std::vector<Replacement> replacements, Deadline deadline
) {
    std::vector<ReplaceOutcome> outcomes;
    outcomes.reserve(replacements.size());
    while (outcomes.size() < replacements.size()) {
        const auto begin = outcomes.size();
        const auto end = std::min(replacements.size(), begin + kWritesAtOnce);
        std::vector<Replacement> piece;
        for (auto i = begin; i < end; ++i) {
            piece.push_back(std::move(replacements[i]));
        }
        auto written = co_await store.replace(std::move(piece), deadline);
        if (!written) {
            co_return pass_on(written);
        }
        std::ranges::move(*written, std::back_inserter(outcomes));
    }
    co_return outcomes;
}

Task<Result<void>> settle_all(
    RecordStore& store, const Clock& clock, std::vector<OpenChange> open, Deadline deadline
) {
    while (true) {
        auto attempt = prepare(std::move(open));
        if (attempt.replacements.empty()) {
            co_return Result<void>{};
        }
        if (deadline.passed(clock.mono_now())) {
            co_return fail(ErrorCode::deadline_exceeded, "records kept changing");
        }
        auto replacements = std::move(attempt.replacements);
        auto outcomes = co_await replace_all(store, std::move(replacements), deadline);
        if (!outcomes) {
            co_return pass_on(outcomes);
        }
        open = losers(std::move(attempt), std::move(*outcomes));
    }
}

Task<Result<void>> change_some(
    RecordStore& store, const Clock& clock, std::vector<RecordChange*> changes, Deadline deadline
) {
    std::vector<std::string> keys;
    keys.reserve(changes.size());
    for (const auto* change : changes) {
        keys.push_back(change->key);
    }
    auto records = co_await store.read(std::move(keys), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    std::vector<OpenChange> open;
    open.reserve(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        open.push_back({.change = changes[i], .current = std::move((*records)[i])});
    }
    co_return co_await settle_all(store, clock, std::move(open), deadline);
}

}  // namespace

// Mark, nonce, ciphertext, tag: the first octets of the nonce become the revision.
Record RecordSeal::sealed(const std::string& key, std::string_view plain) const {
    auto value = vault_.seal_small(key, plain);
    auto revision = value.substr(1, kRevisionSize);
    value.erase(1, kRevisionSize);
    return {.revision = std::move(revision), .value = std::move(value)};
}

Record RecordSeal::tagged(const std::string& key, Bytes plain) const {
    NP_CHECK(!plain.empty() && !is_sealed(plain));
    return {.revision = vault_.tag(key, plain), .value = std::move(plain)};
}

Record RecordSeal::open_to_all(Bytes value) const {
    return {.revision = vault_.crypto().random(kRevisionSize), .value = std::move(value)};
}

Result<Bytes> RecordSeal::open(const std::string& key, const Record& record) const {
    if (is_sealed(record.value)) {
        return vault_.open_small(
            key, record.value.substr(0, 1) + record.revision + record.value.substr(1)
        );
    }
    if (!vault_.vouches(record.revision, key, record.value)) {
        return fail(ErrorCode::integrity_failure, "record that nobody vouches for");
    }
    return record.value;
}

Task<Result<void>> change_records(
    RecordStore& store, const Clock& clock, std::vector<RecordChange> changes, Deadline deadline
) {
    for (std::size_t begin = 0; begin < changes.size(); begin += kKeysAtOnce) {
        std::vector<RecordChange*> some;
        for (std::size_t i = begin; i < std::min(changes.size(), begin + kKeysAtOnce); ++i) {
            some.push_back(&changes[i]);
        }
        auto done = co_await change_some(store, clock, std::move(some), deadline);
        if (!done) {
            co_return pass_on(done);
        }
    }
    co_return Result<void>{};
}

}  // namespace numproof
