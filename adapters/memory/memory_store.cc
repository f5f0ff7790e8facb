// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_store.h"

#include <algorithm>
#include <random>
#include <utility>

#include "adapters/memory/claim_judgement.h"
#include "daemon/base/check.h"
#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

std::string random_name() {
    std::random_device device;
    std::string name = "memory-";
    for (int i = 0; i < 4; ++i) {
        name += std::to_string(device());
    }
    return name;
}

/// A grant is told apart for `remember` longer than it is good for.
MonoTime kept_until(const KeepRequest& request, MonoTime now) {
    return now + (request.grant.header.not_after - request.now) + request.remember;
}

SipKey random_key() {
    std::random_device device;
    const auto word = [&] { return std::uint64_t{device()} << 32U | device(); };
    return {word(), word()};
}

}  // namespace

MemoryStore::MemoryStore(const Clock& clock)
    : clock_(clock), incarnation_(random_name()), records_(random_key(), clock.mono_now()) {}

std::size_t MemoryStore::size() const {
    const std::lock_guard lock{mutex_};
    return records_.size() + grants_.size() + names_.size();
}

std::vector<std::optional<Record>> MemoryStore::read(const std::vector<std::string>& keys) {
    const auto now = clock_.mono_now();
    std::vector<std::optional<Record>> found;
    found.reserve(keys.size());
    const std::lock_guard lock{mutex_};
    for (const auto& key : keys) {
        const auto entry = records_.find(key, now);
        found.push_back(entry ? std::optional{entry->to_record()} : std::nullopt);
    }
    return found;
}

std::vector<ReplaceOutcome> MemoryStore::replace(const std::vector<Replacement>& list) {
    const auto now = clock_.mono_now();
    std::vector<ReplaceOutcome> outcomes;
    outcomes.reserve(list.size());
    const std::lock_guard lock{mutex_};
    for (const auto& wanted : list) {
        outcomes.push_back(replace_one(wanted, now));
    }
    return outcomes;
}

ReplaceOutcome MemoryStore::replace_one(const Replacement& wanted, MonoTime now) {
    NP_CHECK(wanted.keep > Milliseconds::zero());
    const auto entry = records_.find(wanted.key, now);
    const auto revision = entry ? entry->revision : std::string_view{};
    if (revision != wanted.expected) {
        return {
            .replaced = false, .current = entry ? std::optional{entry->to_record()} : std::nullopt};
    }
    records_.put(wanted.key, wanted.record, now + wanted.keep, now);
    return {.replaced = true, .current = std::nullopt};
}

void MemoryStore::keep_code(const KeepRequest& request) {
    const auto now = clock_.mono_now();
    GrantEntry entry{
        .name = store_keys::code(request.key),
        .until = kept_until(request, now),
        .grant = request.grant,
        .gave = {}};
    const std::lock_guard lock{mutex_};
    grants_.put(std::move(entry), now);
}

RedeemReply MemoryStore::redeem(const GrantKey& key) {
    const auto now = clock_.mono_now();
    const std::lock_guard lock{mutex_};
    const auto* const found = grants_.find(store_keys::code(key), now);
    if (!found) {
        return {};
    }
    const GrantEntry code = *found;
    if (code.grant.header.state == GrantState::fresh) {
        store(code, GrantState::used, now);
        return {.outcome = RedeemOutcome::redeemed, .code = code.grant};
    }
    store(code, GrantState::revoked, now);
    revoke_if_fresh(code.gave, now);
    return {.outcome = RedeemOutcome::replayed, .code = code.grant};
}

IssueOutcome MemoryStore::issue(const IssueRequest& request) {
    const auto now = clock_.mono_now();
    const std::lock_guard lock{mutex_};
    const auto* const found = grants_.find(store_keys::code(request.code), now);
    if (!found || found->grant.header.state != GrantState::used || !found->gave.empty()) {
        return IssueOutcome::code_replayed;
    }
    const auto& header = request.token.grant.header;
    switch (check_subscriber(header, subscriber_of(header, now))) {
        case SubscriberCheck::missing:
            return IssueOutcome::subscriber_missing;
        case SubscriberCheck::changed:
            return IssueOutcome::subscriber_changed;
        case SubscriberCheck::same:
            break;
    }
    GrantEntry code = *found;
    code.gave = store_keys::token(request.token.key);
    GrantEntry token{
        .name = code.gave,
        .until = kept_until(request.token, now),
        .grant = request.token.grant,
        .gave = {}};
    grants_.put(std::move(code), now);
    grants_.put(std::move(token), now);
    return IssueOutcome::issued;
}

ClaimReply MemoryStore::claim(const ClaimRequest& request) {
    const auto now = clock_.mono_now();
    const std::lock_guard lock{mutex_};
    const auto* const found = grants_.find(store_keys::token(request.key), now);
    if (!found) {
        return {};
    }
    GrantEntry token = *found;
    const auto subscriber = subscriber_of(token.grant.header, now);
    ClaimReply reply{
        .outcome = judge_claim(request, token.grant.header, subscriber),
        .grant = token.grant,
        .subscriber = std::nullopt};
    if (reply.outcome >= ClaimOutcome::subscriber_missing) {
        reply.subscriber = subscriber;
    }
    if (reply.outcome == ClaimOutcome::claimed && request.mode == ClaimMode::claim) {
        const auto left = token.grant.header.not_after - request.now;
        token.until = now + left + request.remember;
        store(token, GrantState::used, now);
    }
    return reply;
}

std::optional<StoredGrant> MemoryStore::revoke(const GrantKey& key) {
    const auto now = clock_.mono_now();
    const auto name = store_keys::token(key);
    const std::lock_guard lock{mutex_};
    const auto* const found = grants_.find(name, now);
    if (!found) {
        return std::nullopt;
    }
    std::optional<StoredGrant> before = found->grant;
    revoke_if_fresh(name, now);
    return before;
}

bool MemoryStore::first_use(const std::string& name, Milliseconds keep) {
    const auto now = clock_.mono_now();
    const std::lock_guard lock{mutex_};
    if (names_.find(name, now)) {
        return false;
    }
    names_.put({.name = name, .until = now + keep}, now);
    return true;
}

std::optional<SubscriberHead> MemoryStore::subscriber_of(const GrantHeader& grant, MonoTime now)
    const {
    const auto entry = records_.find(store_keys::subscriber(grant.subscriber), now);
    if (!entry) {
        return std::nullopt;
    }
    auto stored = entry->value;
    const auto head = take_subscriber_head(stored);
    return head ? std::optional{*head} : std::nullopt;
}

void MemoryStore::revoke_if_fresh(const std::string& name, MonoTime now) {
    const auto* const found = grants_.find(name, now);
    if (found && found->grant.header.state == GrantState::fresh) {
        store(GrantEntry{*found}, GrantState::revoked, now);
    }
}

void MemoryStore::store(const GrantEntry& entry, GrantState state, MonoTime now) {
    GrantEntry changed = entry;
    changed.grant.header.state = state;
    grants_.put(std::move(changed), now);
}

}  // namespace numproof
