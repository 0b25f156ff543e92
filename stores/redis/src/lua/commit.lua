#!lua
-- One commit of a group: all checks first, then only writes that cannot fail, the header last.
--
-- KEYS  header, values, deadlines, outbox, staged
-- ARGV  1 birth, 2 epoch, 3 seq, 4 seq after, 5 first outbox number, 6 outbox number after, 7 header bytes,
--       8 how many values are staged, or '-' where they follow here,
--       9 puts, 10 keys without deadline, 11 deletes, 12 deadlines, 13 outbox entries: how many of each
-- then  key and value of each put; keys without deadline; deleted keys; deadline and key; outbox entries
local header, values, deadlines, outbox, staged = unpack(KEYS)
local birth, epoch, seq, seq_after, number, number_after, state, staging = unpack(ARGV, 1, 8)
local puts, plain, deletes, dues, appends = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]),
    tonumber(ARGV[12]), tonumber(ARGV[13])
local HEAD = 13
-- Lua's stack takes 8,000 values.
local MOST = 4000

local types = {}
for place, type in ipairs({'hash', 'hash', 'zset', 'list', 'list'}) do
  types[place] = redis.call('TYPE', KEYS[place])['ok']
  if types[place] ~= type and types[place] ~= 'none' then
    return {'type', KEYS[place], types[place]}
  end
end

local found = redis.call('HMGET', header, 'b', 'e', 's', 'n')
if not found[1] then
  return {'missing'}
end
if found[1] ~= birth then
  return {'other'}
end
if found[2] ~= epoch or found[3] ~= seq then
  return {'version', found[2], found[3]}
end
if appends > 0 and found[4] ~= number then
  return {'number', found[4]}
end
if staging ~= '-' and redis.call('LLEN', staged) ~= tonumber(staging) then
  return {'staged'}
end

-- A command that this user may not run would fail in the middle.
local wanted = {
  {'HSET', values, 'a', 'b'}, {'HDEL', values, 'a'}, {'ZADD', deadlines, '0', 'a'}, {'ZREM', deadlines, 'a'},
  {'RPUSH', outbox, 'a'}, {'LRANGE', staged, '0', '1'}, {'UNLINK', staged},
}
for _, command in ipairs(wanted) do
  if not redis.acl_check_cmd(unpack(command)) then
    return {'denied', command[1]}
  end
end

-- The next values, as a list and the places of the first and the last in it.
local used = 0
local function take(count)
  local from = used
  used = used + count
  if staging == '-' then
    return ARGV, HEAD + from + 1, HEAD + used
  end
  return redis.call('LRANGE', staged, from, used - 1), 1, count
end

-- Does something with the next `count` values, some at a time.
local function each(count, write)
  while count > 0 do
    local some = math.min(count, MOST)
    write(take(some))
    count = count - some
  end
end

each(2 * puts, function(list, from, to)
  redis.call('HSET', values, unpack(list, from, to))
end)

each(plain, function(list, from, to)
  if types[3] ~= 'none' then
    redis.call('ZREM', deadlines, unpack(list, from, to))
  end
end)

each(deletes, function(list, from, to)
  redis.call('HDEL', values, unpack(list, from, to))
  if types[3] ~= 'none' then
    redis.call('ZREM', deadlines, unpack(list, from, to))
  end
end)

each(2 * dues, function(list, from, to)
  redis.call('ZADD', deadlines, unpack(list, from, to))
end)

each(appends, function(list, from, to)
  redis.call('RPUSH', outbox, unpack(list, from, to))
end)

if staging ~= '-' then
  redis.call('UNLINK', staged)
end
if appends > 0 then
  redis.call('HSET', header, 's', seq_after, 'x', state, 'n', number_after)
else
  redis.call('HSET', header, 's', seq_after, 'x', state)
end
return {'ok'}
