// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/address.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/session_record.h"

namespace numproof {

/// One session's claim on a prefix and a port block. Whose it is stands in the session record,
/// which is the truth.
struct AddressEntry {
    SessionId session;
    IpPrefix prefix;
    PortRange ports;
    WallTime begin;                     ///< When the session got it.
    std::optional<WallTime> forget_at;  ///< Set once it has ended: a tombstone.
    std::uint64_t version = 0;          ///< The session record that this is a projection of.

    bool operator==(const AddressEntry&) const = default;
};

/// What is stored under one address: IPv4 addresses, IPv6 prefixes shorter than /64, or a /64 with
/// all longer prefixes inside it.
using AddressRecord = std::vector<AddressEntry>;

/// Whose entries are replaced, where, by which version of the session record.
struct EntryScope {
    SessionId session;
    IpPrefix prefix;
    std::uint64_t version = 0;
};

/// The prefix whose key holds the record for `prefix`: longer IPv6 prefixes lie in their /64.
[[nodiscard]] IpPrefix record_prefix(const IpPrefix& prefix) noexcept;

/// Replaces the entries of one session at one prefix by `projected`; entries of that session that
/// are not projected have ended. Nothing happens if the record knows a newer version already.
void merge_entries(
    AddressRecord& record,
    const EntryScope& scope,
    const std::vector<AddressEntry>& projected,
    const ApplyContext& context
);

/// Drops what can never matter again: tombstones past their time together with what they overtook
/// (rule R5: it never comes back), and entries wholly covered by two sessions that overtook them.
void settle(AddressRecord& record, WallTime now, Milliseconds conflict_skew);

/// Who holds an address.
struct Resolution {
    enum class Kind : std::uint8_t { holder, nobody, conflict, port_unknown };

    Kind kind = Kind::nobody;
    const AddressEntry* holder = nullptr;  ///< Into the record that was asked.
};

/// Rules R5 and R6. `port` 0: not known.
[[nodiscard]] Resolution resolve(
    const AddressRecord& record, const SourceEndpoint& source, Milliseconds conflict_skew
);

/// The stored form. No number is in it.
[[nodiscard]] Bytes to_stored(const AddressRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<AddressRecord> parse_address_record(std::string_view stored);

}  // namespace numproof
