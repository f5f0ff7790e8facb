// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/grant.h"
#include "daemon/domain/subscriber_head.h"

namespace numproof {

/// What a claim found. Judged in this order; the first that applies is the answer.
enum class ClaimOutcome : std::uint8_t {
    unknown,             ///< No such grant.
    used,                ///< It gave its answer before.
    revoked,             ///< It was revoked.
    expired,             ///< Its `not_after` has passed.
    predates_failover,   ///< Issued before `trusted_since` (rule R13).
    scope_missing,       ///< It does not allow this operation.
    method_refused,      ///< Its method does not prove possession.
    subscriber_missing,  ///< The subscriber's record is gone: unknown, never "no".
    subscriber_changed,  ///< Another epoch, or not active any more (rule R3).
    claimed              ///< All is well; with ClaimMode::claim it is used up now.
};

enum class ClaimMode : std::uint8_t {
    claim,      ///< Use the grant up if all is well.
    judge_only  ///< Say what would happen, change nothing.
};

struct ClaimRequest {
    GrantKey key;
    ClaimMode mode = ClaimMode::claim;
    Scope scope = Scope::verify;  ///< What the caller is about to do.
    WallTime now;
    WallTime trusted_since;   ///< Grants issued before this instant may have been used already.
    Milliseconds remember{};  ///< How long past `not_after` a used grant is told apart.
    std::string incarnation;  ///< The store must still live this life, else store_unavailable.
};

/// `grant` is there whenever there is one, `subscriber` whenever it was judged and is there.
struct ClaimReply {
    ClaimOutcome outcome = ClaimOutcome::unknown;
    std::optional<StoredGrant> grant;
    std::optional<SubscriberHead> subscriber;
};

/// A code or token to be stored until `header.not_after`, and told apart for `remember` more.
struct KeepRequest {
    GrantKey key;
    StoredGrant grant;
    WallTime now;
    Milliseconds remember{};
};

enum class RedeemOutcome : std::uint8_t {
    unknown,   ///< No such code.
    redeemed,  ///< First attempt: it is consumed now, whatever comes of it.
    replayed   ///< It was consumed before: the token that it gave is revoked now.
};

/// `code` is there unless the code is unknown.
struct RedeemReply {
    RedeemOutcome outcome = RedeemOutcome::unknown;
    std::optional<StoredGrant> code;
};

/// Consumes a code.
struct RedeemRequest {
    GrantKey code;
    std::string incarnation;  ///< As in ClaimRequest.
};

/// Stores the token that a redeemed code gives. Both keys are in the same shard.
struct IssueRequest {
    GrantKey code;
    KeepRequest token;
    std::string incarnation;  ///< As in ClaimRequest.
};

enum class IssueOutcome : std::uint8_t {
    issued,
    code_replayed,       ///< The code was presented again in the meantime, or is gone.
    subscriber_missing,  ///< As in ClaimOutcome.
    subscriber_changed   ///< The subscriber's epoch is not the grant's any more, or not active.
};

/// Port: codes and tokens, each good for one use across all nodes (rule R13).
///
/// Subscriber records are the ones that RecordStore holds under `np:{shard}:u:…`.
/// Every implementation keeps this contract; tests/contract/grant_store_contract.h proves it:
///   - each call is atomic: of any number of concurrent claims of one grant one is `claimed`;
///   - it fails with store_unavailable, queue_full or deadline_exceeded, nothing else; then the
///     outcome is not known and the caller must treat the grant as used;
///   - it answers on the thread and loop that asked, no later than the deadline.
/// One instance belongs to one event loop and is not thread-safe.
class GrantStore {
public:
    GrantStore() = default;
    GrantStore(const GrantStore&) = delete;
    GrantStore& operator=(const GrantStore&) = delete;
    virtual ~GrantStore() = default;

    /// Stores an authorization code.
    [[nodiscard]] virtual Task<Result<void>> keep_code(KeepRequest request, Deadline deadline) = 0;

    /// Consumes a code.
    [[nodiscard]] virtual Task<Result<RedeemReply>> redeem(
        RedeemRequest request, Deadline deadline
    ) = 0;

    /// Stores the token that a redeemed code gives, and notes it with the code.
    [[nodiscard]] virtual Task<Result<IssueOutcome>> issue(
        IssueRequest request, Deadline deadline
    ) = 0;

    /// Judges a token and, if all is well and asked for, uses it up.
    [[nodiscard]] virtual Task<Result<ClaimReply>> claim(
        ClaimRequest request, Deadline deadline
    ) = 0;

    /// Revokes the token under `key`, if it is there and fresh. The grant as it was.
    [[nodiscard]] virtual Task<Result<std::optional<StoredGrant>>> revoke(
        GrantKey key, Deadline deadline
    ) = 0;

    /// True the first time that `name` is presented within `keep` (replay guard: `np:j:name`).
    [[nodiscard]] virtual Task<Result<bool>> first_use(
        std::string name, Milliseconds keep, Deadline deadline
    ) = 0;
};

}  // namespace numproof
