// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/grant_store_contract.h"
#include "tests/contract/memory/memory_store_host.h"
#include "tests/contract/record_store_contract.h"

namespace numproof {
namespace {

StoreHostFactory in_memory() {
    return {.name = "Memory", .make = [] { return std::make_unique<MemoryStoreHost>(); }};
}

INSTANTIATE_TEST_SUITE_P(Stores, RecordStoreContract, testing::Values(in_memory()), host_name);
INSTANTIATE_TEST_SUITE_P(Stores, GrantStoreContract, testing::Values(in_memory()), host_name);

}  // namespace
}  // namespace numproof
