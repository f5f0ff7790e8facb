// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/store_link.h"

namespace numproof::sim {
namespace {

using Microseconds = std::chrono::microseconds;

tl::unexpected<Error> away() {
    return fail(ErrorCode::store_unavailable, "simulated");
}

}  // namespace

// What the caller hears is on its way before it knows whether the caller will wait for it.
template <typename T>
Task<Result<T>> StoreLink::through(Act<T> act, Deadline deadline) {
    const auto drawn = [&] {
        return Microseconds{dice_.between(50, 600)} +
               (weather.slow.count() > 0 ? dice_.ms(0, weather.slow.count()) : Milliseconds{0});
    };
    const auto there = drawn();
    const auto back = drawn();
    const bool refused = store_.down || dice_.chance(weather.unavailable);
    const bool lost = dice_.chance(weather.replies_lost);
    auto answer = std::make_shared<Result<T>>(away());
    if (!refused) {
        loop_.after(there, [this, answer, act = std::move(act), sent_to = &store_.primary()] {
            if (!store_.down && sent_to == &store_.primary()) {
                *answer = act();
            }
        });
    }
    const bool late = loop_.now() + there + back >= deadline.at();
    Pending<bool> over;
    const auto wake = [&over] { over.complete(true); };
    loop_.at(late ? deadline.at() : loop_.now() + there + back, wake);
    co_await over;
    if (late) {
        co_return fail(ErrorCode::deadline_exceeded, "simulated");
    }
    if (lost) {
        co_return away();
    }
    co_return std::move(*answer);
}

Task<Result<std::vector<std::optional<Record>>>> StoreLink::read(
    std::vector<std::string> keys, Deadline deadline
) {
    return through<std::vector<std::optional<Record>>>(
        [this, keys = std::move(keys)] { return store_.primary().read(keys); }, deadline
    );
}

Task<Result<std::vector<ReplaceOutcome>>> StoreLink::replace(
    std::vector<Replacement> replacements, Deadline deadline
) {
    auto list = std::make_shared<const std::vector<Replacement>>(std::move(replacements));
    return through<std::vector<ReplaceOutcome>>(
        [this, list] {
            return store_.write([list](MemoryStore& store) { return store.replace(*list); });
        },
        deadline
    );
}

Task<Result<std::string>> StoreLink::incarnation(Deadline deadline) {
    return through<std::string>([this] { return store_.primary().incarnation(); }, deadline);
}

Task<Result<void>> StoreLink::keep_code(KeepRequest request, Deadline deadline) {
    return through<void>(
        [this, request = std::move(request)]() -> Result<void> {
            store_.write([request](MemoryStore& store) {
                store.keep_code(request);
                return true;
            });
            return {};
        },
        deadline
    );
}

Task<Result<RedeemReply>> StoreLink::redeem(RedeemRequest request, Deadline deadline) {
    return through<RedeemReply>(
        [this, request = std::move(request)]() -> Result<RedeemReply> {
            if (request.incarnation != store_.primary().incarnation()) {
                return away();
            }
            return store_.write([key = request.code](MemoryStore& store) {
                return store.redeem(key);
            });
        },
        deadline
    );
}

Task<Result<IssueOutcome>> StoreLink::issue(IssueRequest request, Deadline deadline) {
    return through<IssueOutcome>(
        [this, request = std::move(request)]() -> Result<IssueOutcome> {
            if (request.incarnation != store_.primary().incarnation()) {
                return away();
            }
            const auto& token = request.token;
            if (dice_.chance(store_.tokens_exchanged) && !last_sealed_.empty()) {
                store_.sealed_instead[to_hex(as_view(token.key.mac))] = last_sealed_;
            }
            last_sealed_ = token.grant.sealed;
            return store_.write([request](MemoryStore& store) { return store.issue(request); });
        },
        deadline
    );
}

Task<Result<ClaimReply>> StoreLink::claim(ClaimRequest request, Deadline deadline) {
    return through<ClaimReply>(
        [this, request = std::move(request)]() -> Result<ClaimReply> {
            if (request.incarnation != store_.primary().incarnation()) {
                return away();
            }
            auto reply =
                store_.write([request](MemoryStore& store) { return store.claim(request); });
            const auto instead = store_.sealed_instead.find(to_hex(as_view(request.key.mac)));
            if (reply.grant && instead != store_.sealed_instead.end()) {
                reply.grant->sealed = instead->second;
            }
            return reply;
        },
        deadline
    );
}

Task<Result<std::optional<StoredGrant>>> StoreLink::revoke(GrantKey key, Deadline deadline) {
    return through<std::optional<StoredGrant>>(
        [this, key] {
            return store_.write([key](MemoryStore& store) { return store.revoke(key); });
        },
        deadline
    );
}

Task<Result<bool>> StoreLink::first_use(std::string name, Milliseconds keep, Deadline deadline) {
    return through<bool>(
        [this, name = std::move(name), keep] {
            return store_.write([name, keep](MemoryStore& store) {
                return store.first_use(name, keep);
            });
        },
        deadline
    );
}

}  // namespace numproof::sim
