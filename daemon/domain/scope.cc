// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/scope.h"

namespace numproof {

std::string_view name_of(Scope scope) noexcept {
    switch (scope) {
        case Scope::verify:
            return "number-verification:verify";
        case Scope::device_phone_number:
            return "number-verification:device-phone-number:read";
        case Scope::openid:
            return "openid";
    }
    return "";
}

std::optional<Scope> find_scope(std::string_view name) noexcept {
    for (const auto scope : {Scope::verify, Scope::device_phone_number, Scope::openid}) {
        if (name == name_of(scope)) {
            return scope;
        }
    }
    return std::nullopt;
}

std::optional<Scope> find_legacy_scope(std::string_view name) noexcept {
    if (name == "number-verification-verify-read") {
        return Scope::verify;
    }
    if (name == "number-verification-share-read") {
        return Scope::device_phone_number;
    }
    return std::nullopt;
}

}  // namespace numproof
