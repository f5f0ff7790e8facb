// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/domain/address.h"
#include "daemon/domain/event_position.h"
#include "daemon/domain/grant.h"
#include "daemon/domain/pseudonym.h"

namespace numproof::store_keys {

/// The names under which things lie in the store. They are a promise: operators look at them, and
/// nodes of two versions share them. All begin with `np:`; `{…}` is the Redis Cluster hash tag.
///
/// What follows `#` names a field of a hash: things that are there for every subscriber, and that
/// nothing ends, share a key. A key of its own costs Redis some 130 octets, a field a few. Of a
/// pseudonym the field has 14 characters: with the hash's name that is 96 bits of it.

/// `np:{shard}:u:part mark#sid` (no space): a subscriber; the first 13 bits of `sid` are shard and
/// part, its octets 12 to 14 the mark of its generation.
[[nodiscard]] std::string subscriber(const SubscriberId& id);

/// `np:{shard}:t:mac`: a token.
[[nodiscard]] std::string token(const GrantKey& key);

/// `np:{shard}:c:mac`: an authorization code.
[[nodiscard]] std::string code(const GrantKey& key);

/// `np:a:domain:first-last#host` (`domain` with the generation's mark before it): who holds an IPv4
/// address, among 128 neighbours; `np:a:domain:address/length` for any other prefix.
[[nodiscard]] std::string address(std::string_view domain, const IpPrefix& prefix);

/// `np:s:session`: which addresses a session holds.
[[nodiscard]] std::string session(const SessionId& id);

/// `np:i:mark:part#imsi`: what the books say of an IMSI, among those with the same first 13 bits.
[[nodiscard]] std::string imsi(std::string_view mark, const ImsiId& id);

/// `np:g:gateway`: when a gateway last restarted.
[[nodiscard]] std::string gateway(const GatewayId& id);

/// `np:w:topic:partition`: a watermark.
[[nodiscard]] std::string watermark(const TopicPartition& at);

/// `np:gen`: says that the directory is whole (rule R10).
[[nodiscard]] std::string generation();

/// `np:life`: which incarnation of the store we know, and since when (rule R13).
[[nodiscard]] std::string incarnation();

/// `np:j:name`: something that may be presented once.
[[nodiscard]] std::string first_use(std::string_view name);

/// A key that names a field, in its two halves.
struct Field {
    std::string_view hash;
    std::string_view name;
};

/// The halves of `key`; nothing if it names no field. Valid as long as `key`.
[[nodiscard]] std::optional<Field> field_of(std::string_view key) noexcept;

/// The mark of the generation that the hash `key` belongs to; nothing if it is no hash of one.
/// Valid as long as `key`.
[[nodiscard]] std::optional<std::string_view> mark_of(std::string_view key) noexcept;

/// The letter for the bit after the shard: `part` above.
[[nodiscard]] char part_of(const SubscriberId& id) noexcept;

}  // namespace numproof::store_keys
