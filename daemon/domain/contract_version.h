// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace numproof {

/// The versions of CAMARA's Number Verification that are spoken.
enum class ContractVersion : std::uint8_t {
    v0,  ///< 0.3.1 and 0.4.0-wip
    v1,  ///< 1.0.0 and 1.1.0
    v2   ///< 2.0.0 and 2.1.0
};

/// How errors are worded. It is independent of the contract of a mount.
enum class ErrorProfile : std::uint8_t {
    orange,  ///< `{"code": int, "message": string, "description": string}`
    camara   ///< `{"status": int, "code": string, "message": string}`
};

}  // namespace numproof
