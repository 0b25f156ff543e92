#!lua flags=allow-oom
-- Removes the front of an outbox. Runs where there is no room as well: it makes some.
--
-- KEYS  header, outbox
-- ARGV  birth, epoch, the number below which entries go
local header, outbox = unpack(KEYS)
local type = redis.call('TYPE', outbox)['ok']
if type ~= 'list' and type ~= 'none' then
  return {'type', outbox, type}
end
local found = redis.call('HMGET', header, 'b', 'e', 's', 'n', 'o')
if not found[1] then
  return {'missing'}
end
if found[1] ~= ARGV[1] then
  return {'other'}
end
if found[2] ~= ARGV[2] then
  return {'version', found[2], found[3]}
end
local below = math.min(tonumber(ARGV[3]), tonumber(found[4]))
local gone = below - tonumber(found[5])
if gone > 0 then
  if not redis.acl_check_cmd('LTRIM', outbox, '0', '1') then
    return {'denied', 'LTRIM'}
  end
  redis.call('LTRIM', outbox, gone, -1)
  redis.call('HSET', header, 'o', string.format('%.0f', below))
end
return {'ok'}
