#!lua flags=allow-oom
-- Gives an opener its epoch, which nobody else has, and what the namespace says of itself.
--
-- KEYS  root
-- ARGV  birth, an epoch that the new one has to be above
local root = KEYS[1]
local found = redis.call('HMGET', root, 'b', 'm', 'e')
if found[1] ~= ARGV[1] or found[2] ~= '1' then
  return {'gone'}
end
local epoch = math.max(tonumber(found[3]), tonumber(ARGV[2])) + 1
redis.call('HSET', root, 'e', string.format('%.0f', epoch))
return {'ok', unpack(redis.call('HMGET', root, 'e', 'g', 'a', 'v'))}
