#!lua flags=allow-oom
-- Takes a namespace that is not there, or no longer to be there, for somebody who makes or removes its groups: its root is
-- there, and says that the namespace is not.
--
-- KEYS  root
-- ARGV  birth seen ('' for none), epoch seen ('' for none), format, new birth, groups, about
local root = KEYS[1]
local found = redis.call('HMGET', root, 'b', 'e')
if not found[1] and redis.call('EXISTS', root) == 1 then
  return redis.error_reply('WRONGTYPE the hash is no namespace')
end
if (found[1] or '') ~= ARGV[1] or (found[2] or '') ~= ARGV[2] then
  return 0
end
redis.call('UNLINK', root)
redis.call('HSET', root, 'f', ARGV[3], 'b', ARGV[4], 'm', '0', 'g', ARGV[5], 'e', '0', 'a', ARGV[6], 'v', '0')
return 1
