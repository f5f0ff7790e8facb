// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace numproof {

/// Why a TLS handshake did not come to its end.
enum class HandshakeFailure : std::uint8_t {
    plaintext,    ///< The caller does not speak TLS.
    timeout,      ///< It took longer than `http.timeouts.tls_handshake`.
    cut,          ///< The caller went away.
    certificate,  ///< The caller's certificate is missing or not accepted, or ours is not.
    protocol      ///< No version or cipher in common, or nonsense.
};

constexpr int kHandshakeFailures = 5;

}  // namespace numproof
