#!lua flags=allow-oom
-- Ends what a claim began, if nobody else has claimed the namespace since: it is there from now on, or its root goes.
--
-- KEYS  root
-- ARGV  birth, 'made' or 'gone'
local root = KEYS[1]
local found = redis.call('HMGET', root, 'b', 'm')
if found[1] ~= ARGV[1] or found[2] ~= '0' then
  return 0
end
if ARGV[2] == 'made' then
  redis.call('HSET', root, 'm', '1', 'e', '1')
else
  redis.call('UNLINK', root)
end
return 1
