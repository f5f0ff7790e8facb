// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/audit_sink.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What can be wrong with a dump of the audit topic.
enum class ChainFault : std::uint8_t {
    malformed,     ///< No audit event: a header or `prev` is missing, or a sequence is no number.
    missing,       ///< Events between `sequence` and the one before it are not there.
    broken_link,   ///< `prev` is not the hash of the event before: one of the two was changed.
    forked,        ///< Two different events claim one place.
    out_of_order,  ///< It stands before an earlier event of its source.
    wrong_checkpoint,  ///< A checkpoint whose signature or hash does not hold.
    unknown_key,       ///< A checkpoint that none of the given keys signed.
    not_as_kept        ///< A copy that was kept elsewhere has this event; the dump does not.
};

/// Stable words for `fault`.
[[nodiscard]] std::string_view name_of(ChainFault fault) noexcept;

/// One thing that is wrong.
struct ChainFinding {
    ChainFault fault = ChainFault::malformed;
    std::string source;
    std::uint64_t sequence = 0;  ///< 0 where it is not known.
    std::size_t position = 0;    ///< Index in the dump; of `not_as_kept`: in the copy.
};

/// Whether a dump has each source's events in order. Those of a topic with several partitions
/// do not: there the sequence alone orders.
enum class DumpOrder : std::uint8_t { by_sequence, as_written };

/// Whether each source has to begin with its first event. It does not where the topic's retention
/// has taken that.
enum class ChainStart : std::uint8_t { first, anywhere };

/// What verify_chain() found.
struct ChainReport {
    std::vector<ChainFinding> findings;  ///< The first kFindingsMax of them.
    std::size_t faults = 0;              ///< How many there are.
    std::size_t sources = 0;
    std::size_t events = 0;       ///< Different ones.
    std::size_t repeated = 0;     ///< The same event again: delivery is at least once.
    std::size_t checkpoints = 0;  ///< Those that hold.
    std::size_t unsealed = 0;  ///< Events that no checkpoint follows: cutting them leaves no trace.

    static constexpr std::size_t kFindingsMax = 1000;
};

/// Checks the hash chain of each source in a dump, event by event; keeps some 170 octets of each.
/// Not thread-safe.
class ChainVerifier {
public:
    struct Options {
        DumpOrder order = DumpOrder::as_written;
        ChainStart start = ChainStart::first;
    };

    /// Both outlive it. `keys` check the checkpoints (none: they are not checked).
    ChainVerifier(const Crypto& crypto, const KeyRing& keys, Options options)
        : crypto_(crypto), keys_(keys), options_(options) {}

    /// The next record of the dump. `lane`: its partition; only within one is there an order.
    void add(const AuditRecord& record, std::int32_t lane = 0);

    /// What stands at the next position of the dump is no record at all.
    void add_unreadable();

    /// An event of a copy that was kept elsewhere, at its `position` there: the dump must have it.
    /// False: it is no audit event.
    [[nodiscard]] bool expect(const AuditRecord& kept, std::size_t position);

    /// What was found in all that was added.
    [[nodiscard]] ChainReport finish();

private:
    using Hash = std::array<char, 64>;  ///< In hexadecimal digits.

    /// What a checkpoint vouches for.
    enum class Seal : std::uint8_t { none, not_checked, holds, wrong, unknown_key };

    struct Event {
        std::uint64_t sequence = 0;
        std::size_t position = 0;
        std::int32_t lane = 0;
        Seal seal = Seal::none;
        Hash prev{};
        Hash own{};  ///< What the next event must have as `prev`.
    };

    using Events = std::vector<Event>;

    [[nodiscard]] std::optional<Event> read(const AuditRecord& record) const;
    [[nodiscard]] Seal judge_seal(const AuditRecord& record, const Event& event) const;
    void check_order(const std::string& source, const Events& events);
    void check_links(const std::string& source, const Events& events);
    void check_seal(const std::string& source, const Event& event, std::size_t& unsealed);
    void check_kept(const std::string& source, const Events& kept);
    void note(ChainFault fault, const std::string& source, const Event& event);

    const Crypto& crypto_;
    const KeyRing& keys_;
    const Options options_;
    std::map<std::string, Events> sources_;
    std::map<std::string, Events> kept_;
    std::size_t position_ = 0;
    ChainReport report_;
};

/// Checks `records` as they are, each source from its first event on.
[[nodiscard]] ChainReport verify_chain(
    const Crypto& crypto, const KeyRing& keys, std::span<const AuditRecord> records, DumpOrder order
);

}  // namespace numproof
