// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/certificates.h"

#include <cstddef>

namespace numproof {

std::vector<CertificateExpiry> certificates_of(const Foundation& foundation) {
    std::vector<CertificateExpiry> certificates;
    const auto& listeners = foundation.edition->listeners;
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        if (listeners[i]) {
            certificates.push_back(
                {.name = "http.listen[" + std::to_string(i) + "]", .at = listeners[i]->expires()}
            );
        }
    }
    return certificates;
}

}  // namespace numproof
