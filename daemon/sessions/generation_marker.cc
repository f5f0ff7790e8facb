// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/generation_marker.h"

#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

constexpr std::size_t kRevisionSize = 8;
constexpr std::size_t kKeyIdSize = 8;

}  // namespace

Record sealed_marker(const Vault& vault, const GenerationRecord& generation) {
    auto revision = vault.crypto().random(kRevisionSize);
    auto value = vault.seal(store_keys::generation() + revision, to_stored(generation));
    return {.revision = std::move(revision), .value = std::move(value)};
}

Result<GenerationRecord> open_marker(const Vault& vault, const Record& marker) {
    auto plain = vault.open(store_keys::generation() + marker.revision, marker.value);
    return plain ? parse_generation_record(*plain) : pass_on(plain);
}

std::string key_of_marker(const Record& marker) {
    return marker.value.substr(0, kKeyIdSize);
}

}  // namespace numproof
