// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/domain/contract_version.h"

namespace numproof {

/// What one version asks of a request, where versions differ. All of them take exactly one of
/// `phoneNumber` (`^\+[1-9][0-9]{4,14}$`) and `hashedPhoneNumber` (64 hexadecimal digits of either
/// case), and nothing else.
struct Contract {
    /// What the caller hashed: 0.3.1 left the `+` to the caller, later versions ask for it.
    enum class HashInput : std::uint8_t { with_plus, plus_optional };

    std::string_view name;  ///< `v0`, `v1`, `v2`: how it stands in audit events.
    HashInput hash_input = HashInput::with_plus;
};

/// The contract of `version`; it lives for ever.
[[nodiscard]] const Contract& contract_of(ContractVersion version) noexcept;

}  // namespace numproof
