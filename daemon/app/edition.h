// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/openssl/tls_server_context.h"
#include "daemon/api/routes.h"
#include "daemon/config/configuration.h"
#include "daemon/domain/client.h"
#include "daemon/domain/rate_limiter.h"
#include "daemon/ports/crypto.h"
#include "daemon/ports/jose.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// How each of `http.listen` speaks TLS, in its order; nullptr: it does not, or the node has no
/// role that listens there.
using ListenerTls = std::vector<std::shared_ptr<const TlsServerContext>>;

/// What an edition is made of.
struct EditionParts {
    Settings settings;
    ConfigNode effective;
    ClientSnapshot clients;                     ///< nullptr without the roles that need them.
    std::shared_ptr<const TokenSigner> signer;  ///< nullptr without the role `auth`.
    KeyRing directory;
    ListenerTls listeners;
};

/// One reading of the configuration and of the files that it names: what may be another after a
/// reload. Immutable, so that any thread may read it; the limiter is thread-safe.
struct Edition {
    /// `before` gives its limiter if the limit is the same, so that nobody's bucket is filled by a
    /// reload; nullptr: there was none.
    Edition(EditionParts parts, const Crypto& crypto, const Edition* before);

    const Settings settings;
    const ConfigNode effective;
    const std::string config_hash;
    const ClientSnapshot clients;
    const std::shared_ptr<const TokenSigner> signer;
    const KeyRing directory;
    const ListenerTls listeners;
    const RouteTable routes;
    const std::shared_ptr<RateLimiter> per_subscriber;  ///< nullptr: no limit.
};

}  // namespace numproof
