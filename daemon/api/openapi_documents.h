// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/verify/contract.h"

namespace numproof {

/// CAMARA's OpenAPI document of `version` (api/openapi/), as it was built in; YAML.
[[nodiscard]] std::string_view openapi_document(ContractVersion version) noexcept;

}  // namespace numproof
