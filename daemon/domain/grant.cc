// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/grant.h"

namespace numproof {

std::string_view name_of(AuthMethod method) noexcept {
    switch (method) {
        case AuthMethod::network:
            return "network";
        case AuthMethod::sim:
            return "sim";
        case AuthMethod::other:
            return "other";
    }
    return "";
}

}  // namespace numproof
