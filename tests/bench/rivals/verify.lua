-- SPDX-License-Identifier: Apache-2.0
-- What a capable engineer writes in an afternoon: SHA-256 of the bearer token, the number that Redis
-- has under it, compared with the number in the body. No audit, no rate limits, no key at rest, no
-- rule about stale data. `claim` uses a token up, so that it gives one answer.
local cjson = require "cjson.safe"
local redis = require "nginx.redis"
local sha256 = require "nginx.sha256":new()

local sub, lower = string.sub, string.lower
local var, header, print = ngx.var, ngx.header, ngx.print
local read_body, get_body = ngx.req.read_body, ngx.req.get_body_data
local PATIENCE_MS, IDLE_MS, POOL = 1000, 60000, 1024

local M = {port = nil, script = nil}  -- Set by nginx.conf: Redis' port, the loaded script's SHA-1.

local function answer(status, text)
    ngx.status = status
    header["Content-Length"] = #text
    return print(text)
end

local function refuse(status, code)
    return answer(status, '{"status":' .. status .. ',"code":"' .. code .. '"}')
end

-- The key of the token in Redis: its 32 octets of SHA-256; nil when there is no token.
local function key()
    local field = var.http_authorization
    if not field or lower(sub(field, 1, 7)) ~= "bearer " then
        return nil
    end
    sha256:reset()
    sha256:update(sub(field, 8))
    return sha256:final()
end

-- The number that the body asks about; nil when the body is not what it should be.
local function asked()
    read_body()
    local body = get_body()
    local fields = body and cjson.decode(body)
    local number = type(fields) == "table" and fields.phoneNumber
    return type(number) == "string" and number or nil
end

local function ask_redis(name)
    local connection = redis:new()
    connection:set_timeout(PATIENCE_MS)
    if not connection:connect("127.0.0.1", M.port) then
        return nil
    end
    local value
    if M.script then
        value = connection:evalsha(M.script, 1, name)
    else
        value = connection:get(name)
    end
    if value then
        connection:set_keepalive(IDLE_MS, POOL)
    end
    return value
end

function M.serve()
    local name = key()
    if not name then
        return refuse(401, "UNAUTHENTICATED")
    end
    local number = asked()
    if not number then
        return refuse(400, "INVALID_ARGUMENT")
    end
    local known = ask_redis(name)
    if not known then
        return refuse(503, "UNAVAILABLE")
    elseif known == ngx.null or known == "used" then
        return refuse(401, "UNAUTHENTICATED")
    elseif known == number then
        return answer(200, '{"devicePhoneNumberVerified":true}')
    end
    return answer(200, '{"devicePhoneNumberVerified":false}')
end

return M
