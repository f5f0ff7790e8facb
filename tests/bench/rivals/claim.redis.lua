local value = redis.call('GET', KEYS[1])
if value and value ~= 'used' then
  redis.call('SET', KEYS[1], 'used', 'KEEPTTL')
end
return value
