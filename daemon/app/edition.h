// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/memory/memory_store.h"
#include "adapters/openssl/tls_server_context.h"
#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_tls.h"
#include "daemon/api/routes.h"
#include "daemon/config/configuration.h"
#include "daemon/domain/client.h"
#include "daemon/domain/rate_limiter.h"
#include "daemon/ports/crypto.h"
#include "daemon/ports/jose.h"
#include "daemon/token/token_codec.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// How each of `http.listen` speaks TLS, in its order; nullptr: it does not, or the node has no
/// role that listens there.
using ListenerTls = std::vector<std::shared_ptr<const TlsServerContext>>;

/// Passwords that the configuration names by file.
struct Passwords {
    RedisPassword redis;
    RedisPassword sentinel;
    KafkaPassword kafka;
    KafkaPassword kafka_key;
    KafkaPassword kafka_client;  ///< At the token endpoint.
};

/// The files of `kafka.security` that are read once, when a way to Kafka is made. Digests are
/// SHA-256 of what they held; zeros where no file is named.
struct KafkaFiles {
    Digest authorities{};
    Digest certificate{};
    Digest key{};
    Digest token_authorities{};
    std::optional<WallTime> expires;  ///< The first end in the chain that we show; nothing: none.
};

/// What a reload makes anew beside the services that answer.
struct Renewals {
    bool directory = false;  ///< What each loop knows of the directory, and its way to the store.
    bool ingest = false;     ///< The thread that reads feeds.
    bool kafka = false;      ///< The ways to the audit topic, and the look at all topics.
};

/// What an edition is made of.
struct EditionParts {
    Settings settings;
    ConfigNode effective;
    ClientSnapshot clients;                     ///< nullptr without the roles that need them.
    std::shared_ptr<const TokenSigner> signer;  ///< nullptr without the role `auth`.
    KeyRing directory;
    KeyRing audit;
    Passwords passwords;
    std::shared_ptr<const RedisTls> redis_tls;  ///< nullptr: none.
    ListenerTls listeners;
    KafkaFiles kafka_files;
};

/// One reading of the configuration and of the files that it names: what may be another after a
/// reload. Immutable, so that any thread may read it; the limiter is thread-safe.
struct Edition {
    /// `before` gives its limiter if the limit is the same, so that nobody's bucket is filled by a
    /// reload, its memory, and its vault unless the directory is to be made anew; nullptr: there
    /// was none. `clock` outlives it.
    Edition(
        EditionParts parts,
        Renewals made_anew,
        const Crypto& crypto,
        const Clock& clock,
        const Edition* before
    );

    const Settings settings;
    const ConfigNode effective;
    const std::string config_hash;
    const ClientSnapshot clients;
    const std::shared_ptr<const TokenSigner> signer;
    const KeyRing directory;
    const KeyRing audit;
    const ListenerTls listeners;
    const Passwords passwords;
    const std::shared_ptr<const RedisTls> redis_tls;  ///< nullptr: none.
    const KafkaFiles kafka_files;
    const Renewals renewals;  ///< What differs from the edition before, so that it must be made.

    /// The directory where it lives here; nullptr: it is in Redis. Who comes back from Redis begins
    /// with an empty one, never with what was true then.
    const std::shared_ptr<MemoryStore> memory;

    /// Names and opens what is in this edition's directory: another store has generations of its
    /// own, and whoever still asks the former one must not meet their names. Thread-safe.
    const std::shared_ptr<Vault> vault;
    const TokenCodec codec;
    const RouteTable routes;
    const std::shared_ptr<RateLimiter> per_subscriber;  ///< nullptr: no limit.
};

}  // namespace numproof
