#!lua flags=allow-oom
-- Gives a group its new epoch and reads its header in one step. A raise that comes late, after one with a newer epoch, does
-- nothing.
--
-- KEYS  header, staged
-- ARGV  format, birth, epoch
local header, staged = unpack(KEYS)
local found = redis.call('HMGET', header, 'f', 'b', 'e', 's', 'n', 'o', 'x')
if not found[2] then
  return {'missing'}
end
if found[1] ~= ARGV[1] then
  return {'format', found[1]}
end
if found[2] ~= ARGV[2] then
  return {'other', found[3], found[4]}
end
if tonumber(found[3]) >= tonumber(ARGV[3]) then
  return {'behind', found[3], found[4]}
end
redis.call('HSET', header, 'e', ARGV[3])
redis.call('UNLINK', staged)
found[3] = ARGV[3]
return {'ok', unpack(found)}
