// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_scripts.h"

#include <string_view>

#include "daemon/base/check.h"

namespace numproof {
namespace {

// A record is 8 octets of revision and then its value.
constexpr std::string_view kReplace = R"lua(
local stands = redis.call('GET', KEYS[1])
local revision = stands and string.sub(stands, 1, 8) or ''
if revision ~= ARGV[1] then
  return {0, stands}
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1}
)lua";

constexpr std::string_view kReplaceField = R"lua(
local stands = redis.call('HGET', KEYS[1], ARGV[3])
local revision = stands and string.sub(stands, 1, 8) or ''
if revision ~= ARGV[1] then
  return {0, stands}
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
return {1}
)lua";

// The stored form of a grant is described in redis_value.h.
constexpr std::string_view kGrants = R"lua(
local function parse(stored)
  local g = {stored = stored}
  g.state, g.sid, g.epoch, g.gave = string.match(
    stored, '^1([fur]) %d+ %d+ %d [nso] ([%w_%-]+) (%d+) %d+ ([%w_%-]+)\n')
  if not g.state then
    error('stored grant in an unknown form')
  end
  return g
end

local function grant_at(key)
  local stored = redis.call('GET', key)
  return stored and parse(stored)
end

local function set_state(key, state)
  redis.call('SETRANGE', key, '1', state)
end

-- "np:{abc}:" of any key of the shard.
local function beside(key, rest)
  return string.sub(key, 1, 9) .. rest
end
)lua";

constexpr std::string_view kRedeem = R"lua(
local code = grant_at(KEYS[1])
if not code then
  return {0}
end
if code.state == 'f' then
  set_state(KEYS[1], 'u')
  return {1, code.stored}
end
set_state(KEYS[1], 'r')
local name = beside(KEYS[1], 't:' .. code.gave)
local token = code.gave ~= '-' and grant_at(name)
if token and token.state == 'f' then
  set_state(name, 'r')
end
return {2, code.stored}
)lua";

constexpr std::string_view kIssue = R"lua(
local code = grant_at(KEYS[1])
if not code or code.state ~= 'u' or code.gave ~= '-' then
  return {1}
end
local token = parse(ARGV[1])
local part, name, mark = string.match(token.sid, '^(.)..(..............)(....)')
local subscriber = redis.call('HGET', beside(KEYS[2], 'u:' .. part .. mark), name) or ''
local state, epoch = string.match(subscriber, '^([aspd]) (%d+) ', 9)
if not state then
  return {2}
elseif state ~= 'a' or epoch ~= token.epoch then
  return {3}
end
local at = string.match(code.stored, '^[^\n]* ()%-\n')
local noted = string.sub(code.stored, 1, at - 1) .. ARGV[3] .. string.sub(code.stored, at + 1)
redis.call('SET', KEYS[1], noted, 'KEEPTTL')
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {0}
)lua";

// Each verification waits for this one, so it takes the head of the grant by its columns, makes
// no table or function unless it refuses, and lets arithmetic make numbers of digits.
constexpr std::string_view kClaim = R"lua(
local key, sub = KEYS[1], string.sub
local stored = redis.call('GET', key)
if not stored then
  return {0}
end
local state = sub(stored, 1, 2)
if state == '1u' then
  return {1, stored}
elseif state == '1r' then
  return {2, stored}
elseif state ~= '1f' then
  error('stored grant in an unknown form')
end
local left = sub(stored, 18, 30) - ARGV[2]
if left <= 0 then
  return {3, stored}
end
if sub(stored, 4, 16) - ARGV[3] < 0 then
  return {4, stored}
end
if bit.band(sub(stored, 32, 32), ARGV[1]) == 0 then
  return {5, stored}
end
local method = sub(stored, 34, 34)
if method ~= 'n' and method ~= 's' then
  return {6, stored}
end
local shared = sub(key, 1, 9) .. 'u:' .. sub(stored, 36, 36) .. sub(stored, 53, 56)
local subscriber = redis.call('HGET', shared, sub(stored, 39, 52)) or ''
local epoch, kept = string.match(stored, '^(%d+) (%d+) ', 60)
local head = 'a ' .. epoch .. ' '
if sub(subscriber, 9, 8 + #head) ~= head then
  head = string.match(subscriber, '^[aspd] %d+ ', 9)
  return {head and 8 or 7, stored, head}
end
local remember = ARGV[4]
if remember then
  redis.call('SETRANGE', key, '1', 'u')
  if remember ~= kept then
    redis.call('PEXPIRE', key, string.format('%.0f', math.max(1, left + remember)))
  end
end
return stored
)lua";

constexpr std::string_view kRevoke = R"lua(
local token = grant_at(KEYS[1])
if token and token.state == 'f' then
  set_state(KEYS[1], 'r')
end
return token and token.stored or false
)lua";

std::string over_grants(std::string_view body) {
    return std::string{kGrants} + std::string{body};
}

}  // namespace

const std::string& source_of(RedisScript script) {
    static const std::array<std::string, kRedisScripts.size()> sources{
        std::string{kReplace},
        std::string{kReplaceField},
        over_grants(kRedeem),
        over_grants(kIssue),
        std::string{kClaim},
        over_grants(kRevoke)};
    const auto index = static_cast<std::size_t>(script);
    NP_CHECK(index < sources.size());
    return sources[index];
}

}  // namespace numproof
