// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/domain/address.h"
#include "daemon/domain/event_position.h"
#include "daemon/domain/grant.h"
#include "daemon/domain/pseudonym.h"

namespace numproof::store_keys {

/// The names under which things lie in the store. They are a promise: operators look at them, and
/// nodes of two versions share them. All begin with `np:`; `{…}` is the Redis Cluster hash tag.

/// `np:{shard}:u:sid`: a subscriber.
[[nodiscard]] std::string subscriber(const SubscriberId& id);

/// `np:{shard}:t:mac`: a token.
[[nodiscard]] std::string token(const GrantKey& key);

/// `np:{shard}:c:mac`: an authorization code.
[[nodiscard]] std::string code(const GrantKey& key);

/// `np:a:domain:address`: who holds an address; `address/length` for an IPv6 prefix.
[[nodiscard]] std::string address(std::string_view domain, const IpPrefix& prefix);

/// `np:s:session`: which addresses a session holds.
[[nodiscard]] std::string session(const SessionId& id);

/// `np:i:imsi`: what the books say of an IMSI.
[[nodiscard]] std::string imsi(const ImsiId& id);

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

}  // namespace numproof::store_keys
