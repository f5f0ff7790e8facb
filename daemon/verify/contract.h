// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace numproof {

/// The versions of CAMARA's Number Verification that are spoken.
enum class ContractVersion : std::uint8_t {
    v0,  ///< 0.3.1 and 0.4.0-wip
    v1,  ///< 1.0.0 and 1.1.0
    v2   ///< 2.0.0 and 2.1.0
};

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
