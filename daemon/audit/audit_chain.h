// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/domain/audit_entry.h"
#include "daemon/ports/audit_sink.h"
#include "daemon/ports/clock.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What a checkpoint vouches for: everything of `source` up to and with `sequence`.
struct ChainHead {
    std::string source;  ///< `/numproof/<node>/<boot>`
    std::uint64_t sequence = 0;
    std::string hash;  ///< `prev` of the next event.
};

/// `prev` of a source's first event: 64 zeros.
[[nodiscard]] std::string no_previous();

/// What the event after `record` carries as `prev`: hex SHA-256 over its id, type, time, sequence
/// and value, joined by newlines.
[[nodiscard]] std::string chain_hash(const Crypto& crypto, const AuditRecord& record);

/// The data of a checkpoint over `head`, without `prev`: its `signature` is hex HMAC-SHA-256 over
/// `numproof-checkpoint-v1`, source, sequence and hash, joined by newlines.
[[nodiscard]] std::string checkpoint_data(
    const Crypto& crypto, const NamedKey& key, const ChainHead& head
);

/// `data` (a JSON object) with `hash` as its last member, `prev`.
[[nodiscard]] std::string with_previous(std::string_view data, std::string_view hash);

/// The value of header `name`; empty if there is none.
[[nodiscard]] std::string_view header_of(const AuditRecord& record, std::string_view name) noexcept;

/// A new `/numproof/<node>/<boot>` with a random boot.
[[nodiscard]] std::string new_source(const Crypto& crypto, std::string_view node);

/// Gives each event of one source its place: id, sequence and hash of its predecessor.
/// One writer; not thread-safe.
class AuditChain {
public:
    static constexpr std::uint64_t kCheckpointEvents = 1000;
    static constexpr Milliseconds kCheckpointSpan{10'000};

    /// `crypto` and `clock` outlive the chain. `key` signs the checkpoints.
    AuditChain(const Crypto& crypto, const Clock& clock, NamedKey key, std::string source);

    /// A place in the chain, to come back to when what followed could not be made durable.
    struct Place {
        std::uint64_t sequence = 0;
        std::string hash;
        std::uint64_t unsealed = 0;  ///< Events since the last checkpoint.
        MonoTime sealed_at;          ///< When that was.
    };

    /// `entry` as the next event.
    [[nodiscard]] AuditRecord link(const AuditEntry& entry);

    /// True when a checkpoint should be the next event.
    [[nodiscard]] bool checkpoint_due() const;

    /// True when events followed the last checkpoint.
    [[nodiscard]] bool unsealed() const noexcept { return at_.unsealed > 0; }

    /// The checkpoint over all events so far, as the next event.
    [[nodiscard]] AuditRecord link_checkpoint();

    /// `key` signs the checkpoints from now on; the chain goes on.
    void sign_with(NamedKey key) { key_ = std::move(key); }

    [[nodiscard]] const Place& place() const noexcept { return at_; }

    /// Forgets everything that was linked after `place`.
    void rewind(Place place) { at_ = std::move(place); }

    [[nodiscard]] const std::string& source() const noexcept { return source_; }

private:
    [[nodiscard]] AuditRecord place_next(const AuditEntry& entry);
    [[nodiscard]] Bytes draw_uuid();

    const Crypto& crypto_;
    const Clock& clock_;
    NamedKey key_;
    std::string source_;
    Place at_;
    Bytes drawn_;  ///< Random octets for the next ids.
};

}  // namespace numproof
