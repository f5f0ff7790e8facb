// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/yaml/settings_loader.h"
#include "daemon/base/check.h"

/// Whatever is in the file: a client that is accepted has a way to prove who it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace numproof;
    const std::string_view text{reinterpret_cast<const char*>(octets), size};
    const auto read = load_clients({.source = "f", .content = text});
    if (!read) {
        NP_CHECK(!to_text(read.error()).empty());
        return 0;
    }
    for (const auto& [id, client] : *read) {
        NP_CHECK(!id.empty() && !client.auth_methods.empty());
        NP_CHECK(!client.secret_hash.empty() || !client.keys.empty());
    }
    return 0;
}
