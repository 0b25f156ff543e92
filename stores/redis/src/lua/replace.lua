#!lua flags=allow-oom
-- Removes all of a group whose birth is the one that was seen, and makes it anew if a new birth is given.
--
-- KEYS  header, and the group's other keys
-- ARGV  birth seen ('' for none), then, if it is made anew, format, birth
local header = KEYS[1]
local found = redis.call('HGET', header, 'b') or ''
if found ~= ARGV[1] then
  return {'seen', found}
end
redis.call('UNLINK', unpack(KEYS))
if ARGV[2] then
  redis.call('HSET', header, 'f', ARGV[2], 'b', ARGV[3], 'e', '1', 's', '0', 'n', '0', 'o', '0', 'x', '')
end
return {'ok'}
