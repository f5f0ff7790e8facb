// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/number_source.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/address_record.h"
#include "daemon/sessions/directory_counters.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/record_changes.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// Which source addresses belong to which routing domain; the longest prefix decides.
using RoutingDomains = std::vector<std::pair<IpPrefix, std::string>>;

/// Resolves an address by the directory's records, under rules R3, R5 to R7, R9 and R11.
/// Two round trips: the address; then the session that holds it with all that it stands on (one
/// more for a session that has only an IMSI); and a last one, whether the store still lives the
/// life that the standing was judged on (rule R8 across a failover). One instance belongs to one
/// event loop.
class DirectoryReader final : public NumberSource {
public:
    /// All of them outlive the reader.
    struct Parts {
        RecordStore& store;
        DirectoryStanding& standing;
        const Clock& clock;
        const Vault& vault;
        DirectoryCounters& counters;
    };

    DirectoryReader(Parts parts, DirectoryRules rules, RoutingDomains domains);

    [[nodiscard]] Task<Result<Proof>> prove(SourceEndpoint source, Deadline deadline) override;

private:
    using Records = std::map<std::string, std::optional<Record>>;

    /// What was read by one name.
    struct Stored {
        std::string key;
        std::optional<Record> stored;
    };

    /// The entry that holds an address, or why there is none.
    using Found = tl::expected<AddressEntry, Unproven>;

    [[nodiscard]] Task<Result<Proof>> look_up(SourceEndpoint source, Deadline deadline);
    [[nodiscard]] Task<Result<Found>> find_entry(SourceEndpoint source, Deadline deadline);
    [[nodiscard]] Task<Result<void>> fetch(
        Records& records, std::vector<std::string> keys, Deadline deadline
    );
    /// The record of `key`: from `records`, else from the store.
    [[nodiscard]] Task<Result<std::optional<Record>>> fetch_one(
        Records& records, std::string key, Deadline deadline
    );
    [[nodiscard]] Task<Result<Proof>> prove_entry(AddressEntry entry, Deadline deadline);
    /// What has to be read to judge `session`.
    [[nodiscard]] std::vector<std::string> beside_session(const SessionRecord& session) const;

    [[nodiscard]] Task<Result<Proof>> prove_number(
        Records records, SessionRecord session, SessionId id, Deadline deadline
    );
    [[nodiscard]] Found judge_address(
        const std::vector<std::string>& keys,
        const std::vector<std::optional<Record>>& records,
        const SourceEndpoint& source
    ) const;
    [[nodiscard]] std::optional<Unproven> check_session(
        const Records& records, const SessionRecord& session, const AddressEntry& entry
    ) const;
    [[nodiscard]] tl::expected<Msisdn, Unproven> number_of_imsi(
        const Stored& imsi, const SessionRecord& session
    ) const;
    /// `claimed` with its epoch, or why it is not proven.
    [[nodiscard]] Proof judge_subscriber(
        const std::optional<Record>& stored, const SessionRecord& session, Proven claimed
    ) const;
    [[nodiscard]] const std::string* domain_of(const IpAddress& address) const noexcept;
    [[nodiscard]] Unproven broken() const noexcept;
    void count(const Result<Proof>& proof) const noexcept;

    Parts parts_;
    DirectoryRules rules_;
    RoutingDomains domains_;
    RecordSeal seal_;
};

}  // namespace numproof
