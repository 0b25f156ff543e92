#!lua
-- Takes over a stream as the sink of some state.
--
-- KEYS  stream, what is known of the sink
-- ARGV  1 format, 2 name of the state
local stream, sink = unpack(KEYS)
local format, state = unpack(ARGV)

for place, type in ipairs({'stream', 'hash'}) do
  local found = redis.call('TYPE', KEYS[place])['ok']
  if found ~= type and found ~= 'none' then
    return {'type', KEYS[place], found}
  end
end
for _, command in ipairs({{'XADD', stream, '*', 'a', 'b'}, {'HSET', sink, 'a', 'b'}}) do
  if not redis.acl_check_cmd(unpack(command)) then
    return {'denied', command[1]}
  end
end

local found = redis.call('HMGET', sink, 'f', 'of')
if found[1] then
  if found[1] ~= format then
    return {'format', found[1]}
  end
  if found[2] ~= state then
    return {'other'}
  end
elseif redis.call('XLEN', stream) > 0 then
  return {'foreign', redis.call('XLEN', stream)}
end
redis.call('HSET', sink, 'f', format, 'of', state)
return {'ok', redis.call('HINCRBY', sink, 'e', 1), redis.call('HGETALL', sink)}
