// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/proof.h"

namespace numproof {

std::string_view name_of(Unproven reason) noexcept {
    switch (reason) {
        case Unproven::off_network:
            return "off_network";
        case Unproven::outside_domains:
            return "outside_domains";
        case Unproven::conflict:
            return "conflict";
        case Unproven::port_unknown:
            return "port_unknown";
        case Unproven::non_3gpp_access:
            return "non_3gpp_access";
        case Unproven::number_unknown:
            return "number_unknown";
        case Unproven::binding_outdated:
            return "binding_outdated";
        case Unproven::gateway_restarted:
            return "gateway_restarted";
        case Unproven::interims_missing:
            return "interims_missing";
        case Unproven::integrity_failure:
            return "integrity_failure";
        case Unproven::subscriber_inactive:
            return "subscriber_inactive";
    }
    return "";
}

}  // namespace numproof
