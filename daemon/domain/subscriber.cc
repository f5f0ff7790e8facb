// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/subscriber.h"

namespace numproof {

std::string_view name_of(SubscriberState state) noexcept {
    switch (state) {
        case SubscriberState::active:
            return "active";
        case SubscriberState::suspended:
            return "suspended";
        case SubscriberState::ported_out:
            return "ported_out";
        case SubscriberState::deleted:
            return "deleted";
    }
    return "";
}

}  // namespace numproof
