// SPDX-License-Identifier: Apache-2.0
#include "daemon/ports/directory_standing.h"

namespace numproof {

std::string_view name_of(Standing standing) noexcept {
    switch (standing) {
        case Standing::usable:
            return "usable";
        case Standing::starting:
            return "starting";
        case Standing::store_unavailable:
            return "store_unavailable";
        case Standing::rebuilding:
            return "rebuilding";
        case Standing::key_missing:
            return "key_missing";
        case Standing::stale:
            return "stale";
        case Standing::clock_disagrees:
            return "clock_disagrees";
    }
    return "";
}

}  // namespace numproof
