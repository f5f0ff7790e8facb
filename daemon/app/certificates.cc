// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/certificates.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace numproof {
namespace {

void add(std::vector<CertificateExpiry>& to, std::string name, std::optional<WallTime> at) {
    if (at) {
        to.push_back({.name = std::move(name), .at = *at});
    }
}

}  // namespace

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
    if (const auto& tls = foundation.edition->redis_tls) {
        add(certificates, "directory.redis.tls.certificate_file", tls->expires());
    }
    add(certificates, "kafka.security.certificate_file", foundation.edition->kafka_files.expires);
    return certificates;
}

}  // namespace numproof
