// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/audit/refusal_budget.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/grant.h"
#include "daemon/ports/audit_log.h"
#include "daemon/ports/clock.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What was asked, as it stands in audit events.
enum class Operation : std::uint8_t { verify, device_phone_number, authorize, token };

/// What came of it, as it stands in audit events.
enum class AuditResult : std::uint8_t {
    match,
    mismatch,
    shared,   ///< `device-phone-number` gave the number.
    issued,   ///< A code or token was given.
    unknown,  ///< Nobody could be named (rule R1).
    refused,  ///< Caller's fault or policy.
    error     ///< Ours.
};

/// One decision, for one audit event (interface: "Audit events"). Empty text and nullopt become
/// JSON null.
struct Decision {
    AuditKind kind = AuditKind::verification_answered;
    Operation operation = Operation::verify;
    AuditResult result = AuditResult::error;
    std::string contract;  ///< `v0`, `v1`, `v2`, `oauth`.
    std::string client_id;
    std::string purpose;
    std::string scope;
    int status = 0;
    std::string code;    ///< The error code that the caller sees.
    std::string reason;  ///< Our own stable word; never seen by the caller.
    std::optional<SubscriberId> subscriber;
    std::optional<Digest> token;  ///< Its keyed hash in the store, not the token.
    std::optional<AuthMethod> method;
    std::optional<BindingEpoch> epoch;
    std::optional<Milliseconds> watermark_age;
    std::optional<SessionId> session;
    MonoTime began;  ///< When the request was complete; gives `latency_us`.
    std::string correlation_id;
    std::string trace_parent;
};

/// What to do when an event cannot be made durable (`audit.on_spool_failure`).
enum class SpoolFailurePolicy : std::uint8_t { deny, allow };

/// Constants that every event carries.
struct AuditOrigin {
    std::string version;      ///< Of this program.
    std::string config_hash;  ///< Of the configuration in force.
};

/// Where decisions become audit events (rule R14). One instance belongs to one event loop.
class AuditTrail {
public:
    AuditTrail(
        const Crypto& crypto,
        const KeyRing& audit_keys,
        const Clock& clock,
        AuditLog& log,
        AuditOrigin origin,
        SpoolFailurePolicy policy
    );

    /// Makes the event of `decision`, as it is at the call, durable. A failure means: do not
    /// answer, say 503. Under SpoolFailurePolicy::allow it does not fail; what was lost is counted.
    [[nodiscard]] Task<Result<void>> record(const Decision& decision, Deadline deadline);

    /// Whether record() would succeed now, as far as can be told: asked before a token or code is
    /// used up, so that a full spool burns none (rule R13).
    [[nodiscard]] bool accepts() const {
        return policy_ == SpoolFailurePolicy::allow || log_.taking();
    }

    /// For refusals that nobody vouches for (no, malformed or unknown token; unknown client; bad
    /// HTTP): an event of its own while there are few a second, else only counted towards the next
    /// summary. It never fails and never waits.
    void note_refusal(Decision decision);

    /// Writes the summary of what was only counted since the last call, if anything was.
    /// To be called about once a second. False: it could not be written, and waits for the next
    /// call.
    [[nodiscard]] Task<bool> summarise(Deadline deadline);

    /// How many events were lost under SpoolFailurePolicy::allow.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

private:
    /// What was only counted; it outlives this object until the last append has ended.
    struct Tally {
        RefusalBudget budget;
        WallTime since;
    };

    [[nodiscard]] Task<Result<void>> keep_or_lose(AuditEntry entry, Deadline deadline);
    [[nodiscard]] AuditEntry entry_of(const Decision& decision) const;
    [[nodiscard]] std::string reference(std::string_view kind, std::string_view value) const;
    [[nodiscard]] static std::string partition_of(const Decision& decision);
    [[nodiscard]] std::string data_of(const Decision& decision, std::string_view subscriber) const;

    const Crypto& crypto_;
    NamedKey key_;
    const Clock& clock_;
    AuditLog& log_;
    AuditOrigin origin_;
    SpoolFailurePolicy policy_;
    std::shared_ptr<Tally> tally_;
    std::uint64_t lost_ = 0;
};

/// How a pseudonym of a `kind` (`subscriber`, `token`, `session`) stands in audit events: `hmac`
/// and its keyed hash in hexadecimal digits.
[[nodiscard]] std::string audit_reference(
    const Crypto& crypto, const SecretKey& key, std::string_view kind, std::string_view value
);

/// How it stands in audit events: `verify`, `device-phone-number`, `authorize`, `token`.
[[nodiscard]] std::string_view name_of(Operation operation) noexcept;

/// How it stands in audit events: `match`, `mismatch`, `shared`, `issued`, …
[[nodiscard]] std::string_view name_of(AuditResult result) noexcept;

}  // namespace numproof
