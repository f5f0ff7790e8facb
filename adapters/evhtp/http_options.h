// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/time.h"
#include "daemon/http/limits.h"

namespace numproof {

/// How long the front waits for whom. All are positive.
struct HttpTimeouts {
    Milliseconds head{5'000};    ///< From the first octet of a request to the end of its head.
    Milliseconds body{5'000};    ///< From there to the end of its body.
    Milliseconds idle{60'000};   ///< Between two requests.
    Milliseconds write{10'000};  ///< Without the client taking anything of its answer.
    Milliseconds tls_handshake{5'000};  ///< From accepting to its end.
    Milliseconds request{2'000};        ///< What a handler has for its answer.
};

/// How the front behaves towards clients.
struct HttpServerOptions {
    http::ScanRules rules;
    HttpTimeouts timeouts;
};

}  // namespace numproof
