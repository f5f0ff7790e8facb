// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/app/foundation.h"

namespace numproof {

/// Until when a certificate that we show is valid.
struct CertificateExpiry {
    std::string name;  ///< The setting that it belongs to: `http.listen[0]`.
    WallTime at;       ///< The earliest end in the chain that is shown.
};

/// Of every certificate that is in use. For the main thread.
[[nodiscard]] std::vector<CertificateExpiry> certificates_of(const Foundation& foundation);

}  // namespace numproof
