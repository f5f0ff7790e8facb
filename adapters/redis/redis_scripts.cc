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

// The stored form of a grant is described in redis_value.h.
constexpr std::string_view kGrants = R"lua(
local function parse(stored)
  local g = {stored = stored}
  g.state, g.issued_at, g.not_after, g.scopes, g.method, g.sid, g.epoch, g.gave = string.match(
    stored, '^1([fur]) (%-?%d+) (%-?%d+) (%d+) ([nso]) ([%w_%-]+) (%-?%d+) ([%w_%-]+)\n')
  if not g.state then
    error('stored grant in an unknown form')
  end
  return g
end

local function grant_at(key)
  local stored = redis.call('GET', key)
  return stored and parse(stored)
end

local function set_state(key, g, state)
  redis.call('SET', key, '1' .. state .. string.sub(g.stored, 3), 'KEEPTTL')
end

-- "np:{abc}:" of any key of the shard.
local function beside(key, rest)
  return string.sub(key, 1, 9) .. rest
end

-- The readable head of the grant's subscriber, and whether that is still who it was given for.
local function subscriber_of(key, g)
  local record = redis.call('GET', beside(key, 'u:' .. g.sid))
  local state, epoch = string.match(record or '', '^([aspd]) (%d+) ', 9)
  if not state then
    return nil, false
  end
  return state .. ' ' .. epoch .. ' ', state == 'a' and epoch == g.epoch
end
)lua";

constexpr std::string_view kRedeem = R"lua(
local code = grant_at(KEYS[1])
if not code then
  return {0}
end
if code.state == 'f' then
  set_state(KEYS[1], code, 'u')
  return {1, code.stored}
end
set_state(KEYS[1], code, 'r')
local name = beside(KEYS[1], 't:' .. code.gave)
local token = code.gave ~= '-' and grant_at(name)
if token and token.state == 'f' then
  set_state(name, token, 'r')
end
return {2, code.stored}
)lua";

constexpr std::string_view kIssue = R"lua(
local code = grant_at(KEYS[1])
if not code or code.state ~= 'u' or code.gave ~= '-' then
  return {1}
end
local head, same = subscriber_of(KEYS[2], parse(ARGV[1]))
if not head then
  return {2}
elseif not same then
  return {3}
end
local at = string.match(code.stored, '^[^\n]* ()%-\n')
local noted = string.sub(code.stored, 1, at - 1) .. ARGV[3] .. string.sub(code.stored, at + 1)
redis.call('SET', KEYS[1], noted, 'KEEPTTL')
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {0}
)lua";

constexpr std::string_view kClaim = R"lua(
local token = grant_at(KEYS[1])
if not token then
  return {0}
end
local now = tonumber(ARGV[3])

local function judge()
  if token.state == 'u' then return 1 end
  if token.state == 'r' then return 2 end
  if tonumber(token.not_after) <= now then return 3 end
  if tonumber(token.issued_at) < tonumber(ARGV[4]) then return 4 end
  if bit.band(tonumber(token.scopes), tonumber(ARGV[2])) == 0 then return 5 end
  if token.method ~= 'n' and token.method ~= 's' then return 6 end
  local head, same = subscriber_of(KEYS[1], token)
  if not head then return 7 end
  return same and 9 or 8, head
end

local outcome, head = judge()
if outcome == 9 and ARGV[1] == 'claim' then
  local keep = math.max(1, tonumber(token.not_after) - now + tonumber(ARGV[5]))
  local used = '1u' .. string.sub(token.stored, 3)
  redis.call('SET', KEYS[1], used, 'PX', string.format('%.0f', keep))
end
return {outcome, token.stored, head}
)lua";

constexpr std::string_view kRevoke = R"lua(
local token = grant_at(KEYS[1])
if token and token.state == 'f' then
  set_state(KEYS[1], token, 'r')
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
        over_grants(kRedeem),
        over_grants(kIssue),
        over_grants(kClaim),
        over_grants(kRevoke)};
    const auto index = static_cast<std::size_t>(script);
    NP_CHECK(index < sources.size());
    return sources[index];
}

}  // namespace numproof
