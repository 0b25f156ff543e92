#!lua
-- Appends outputs to a stream, each once: those that it has already are left out.
--
-- KEYS  stream, what is known of the sink
-- ARGV  1 name of the state, 2 epoch, 3 the most entries that are kept, or '-', 4 how many outputs
-- then  of each output: group, number, how many lines, the lines
local stream, sink = unpack(KEYS)
local state, epoch, most, outputs = unpack(ARGV, 1, 4)

for place, type in ipairs({'stream', 'hash'}) do
  local found = redis.call('TYPE', KEYS[place])['ok']
  if found ~= type and found ~= 'none' then
    return {'type', KEYS[place], found}
  end
end
if not redis.acl_check_cmd('XADD', stream, '*', 'a', 'b') then
  return {'denied', 'XADD'}
end
local found = redis.call('HMGET', sink, 'of', 'e')
if not found[1] then
  return {'missing'}
end
if found[1] ~= state then
  return {'other'}
end
if found[2] ~= epoch then
  return {'fenced', found[2]}
end

local next_of = {}
local at = 5
for _ = 1, tonumber(outputs) do
  local field, number, lines = 'n' .. ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  next_of[field] = next_of[field] or tonumber(redis.call('HGET', sink, field) or '0')
  if number >= next_of[field] then
    for line = at + 3, at + 2 + lines do
      if most == '-' then
        redis.call('XADD', stream, '*', 'json', ARGV[line])
      else
        redis.call('XADD', stream, 'MAXLEN', '~', most, '*', 'json', ARGV[line])
      end
    end
    next_of[field] = number + 1
  end
  at = at + 3 + lines
end
for field, number in pairs(next_of) do
  redis.call('HSET', sink, field, string.format('%.0f', number))
end
return {'ok'}
