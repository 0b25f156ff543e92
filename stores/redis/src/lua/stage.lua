#!lua
-- Lays part of a large commit aside, where the commit will find it. The part is refused unless the commit still could succeed,
-- so that nobody but the owner writes here; the next commit, the next opening or an hour takes away what is left over.
--
-- KEYS  header, staged
-- ARGV  birth, epoch, seq, how many values lie there already, then values
local header, staged = unpack(KEYS)
local birth, epoch, seq, before = unpack(ARGV, 1, 4)
local found = redis.call('HMGET', header, 'b', 'e', 's')
if not found[1] then
  return {'missing'}
end
if found[1] ~= birth then
  return {'other'}
end
if found[2] ~= epoch or found[3] ~= seq then
  return {'version', found[2], found[3]}
end
if before == '0' then
  redis.call('UNLINK', staged)
end
if redis.call('LLEN', staged) ~= tonumber(before) then
  return {'staged'}
end
redis.call('RPUSH', staged, unpack(ARGV, 5))
redis.call('EXPIRE', staged, 3600)
return {'ok'}
