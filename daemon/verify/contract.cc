// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/contract.h"

#include <array>
#include <cstddef>

namespace numproof {
namespace {

constexpr std::array<Contract, 3> kContracts{{
    {.name = "v0", .hash_input = Contract::HashInput::plus_optional},
    {.name = "v1", .hash_input = Contract::HashInput::with_plus},
    {.name = "v2", .hash_input = Contract::HashInput::with_plus},
}};

}  // namespace

const Contract& contract_of(ContractVersion version) noexcept {
    return kContracts[static_cast<std::size_t>(version)];
}

}  // namespace numproof
