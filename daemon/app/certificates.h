// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/app/foundation.h"

namespace numproof {

/// Until when a certificate that we show is valid.
struct CertificateExpiry {
    std::string name;  ///< What it belongs to: `http.listen[0]`, or the setting that names it.
    WallTime at;       ///< The earliest end in the chain that is shown.
};

/// Of every certificate that is in use, towards callers, Redis and Kafka. For the main thread.
/// Blocking: those for Redis are read again when their files have changed.
[[nodiscard]] std::vector<CertificateExpiry> certificates_of(const Foundation& foundation);

}  // namespace numproof
