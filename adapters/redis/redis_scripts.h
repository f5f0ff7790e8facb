// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace numproof {

/// What runs inside Redis because it must be one atomic step. docs/architecture.md says why it is
/// so little; tests/contract says what each must do.
enum class RedisScript : std::uint8_t {
    replace,  ///< Record: KEYS record; ARGV expected revision, new value, keep in ms.
    replace_field,  ///< Record: KEYS hash; ARGV expected revision, new value, field.
    redeem,   ///< KEYS code.
    issue,    ///< KEYS code, token; ARGV token's grant, keep in ms, token's name.
    claim,    ///< KEYS token; ARGV scope bit, now, trusted since, remember (none: judge only).
    revoke    ///< KEYS token.
};

inline constexpr std::array kRedisScripts{
    RedisScript::replace,
    RedisScript::replace_field,
    RedisScript::redeem,
    RedisScript::issue,
    RedisScript::claim,
    RedisScript::revoke};

/// One digest of a script each, in the order of kRedisScripts: what EVALSHA wants.
using RedisScriptDigests = std::array<std::string, kRedisScripts.size()>;

/// Lua (5.1) as Redis runs it; needs Redis 6.0 or newer.
[[nodiscard]] const std::string& source_of(RedisScript script);

}  // namespace numproof
