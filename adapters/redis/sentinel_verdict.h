// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/redis_reply.h"
#include "daemon/base/result.h"

namespace numproof {

/// What one sentinel says about our primary.
struct SentinelWord {
    enum class Kind : std::uint8_t {
        silent,      ///< Nothing yet, or it cannot be reached.
        names,       ///< `primary` is its address.
        knows_none,  ///< It watches nothing of that name.
        refuses      ///< It does not let us in: somebody has to change something.
    };

    Kind kind = Kind::silent;
    std::string primary;  ///< `host:port`, IPv6 in brackets.
    std::string detail;   ///< Why it is silent or refuses.

    bool operator==(const SentinelWord&) const = default;
};

/// The reply to SENTINEL GET-MASTER-ADDR-BY-NAME.
[[nodiscard]] SentinelWord word_of_sentinel(const RedisReply& reply);

/// How many of `count` sentinels have to agree: more than half. A minority may be cut off from the
/// others together with a primary that has been replaced.
[[nodiscard]] constexpr std::size_t sentinels_needed(std::size_t count) noexcept {
    return count / 2 + 1;
}

/// The primary that enough sentinels name. `words` has one entry for each sentinel.
/// `store_unavailable`: not enough agree, which may pass; `invalid_configuration`: so many refuse
/// or do not know `master_name` that never enough will agree.
[[nodiscard]] Result<std::string> verdict_of(
    std::span<const SentinelWord> words, std::string_view master_name
);

}  // namespace numproof
