#!lua flags=allow-oom
-- Replaces what a namespace says of itself, unless it was opened, amended or removed since it was looked at.
--
-- KEYS  root
-- ARGV  birth, epoch, version, about, version after
local root = KEYS[1]
local found = redis.call('HMGET', root, 'b', 'e', 'v', 'm')
if found[1] ~= ARGV[1] or found[2] ~= ARGV[2] or found[3] ~= ARGV[3] or found[4] ~= '1' then
  return 0
end
redis.call('HSET', root, 'a', ARGV[4], 'v', ARGV[5])
return 1
