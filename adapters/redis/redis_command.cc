// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_command.h"

#include <vector>

#include <hiredis/hiredis.h>

#include "daemon/base/check.h"

namespace numproof {

Bytes format_command(std::span<const std::string_view> words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    starts.reserve(words.size());
    sizes.reserve(words.size());
    for (const auto word : words) {
        starts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* made = nullptr;
    const int size =
        redisFormatCommandArgv(&made, static_cast<int>(words.size()), starts.data(), sizes.data());
    NP_CHECK(size > 0);
    Bytes octets{made, static_cast<std::size_t>(size)};
    redisFreeCommand(made);
    return octets;
}

}  // namespace numproof
