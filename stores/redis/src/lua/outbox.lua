#!lua flags=no-writes
-- Entries of an outbox in their order, the number of the first, and whether it stopped early as they are large.
--
-- KEYS  header, outbox
-- ARGV  the first number, how many, how many bytes are enough
local header, outbox = unpack(KEYS)
local limit, enough = tonumber(ARGV[2]), tonumber(ARGV[3])
local SOME = 250

local found = redis.call('HMGET', header, 'o', 'n')
if not found[1] then
  return {'missing'}
end
local first, next = tonumber(found[1]), tonumber(found[2])
local from = math.min(math.max(first, tonumber(ARGV[1])), next)
local to = math.min(from + limit, next)
local entries, bytes, done = {}, 0, from
while done < to and bytes < enough do
  local last = math.min(done + SOME, to)
  local some = redis.call('LRANGE', outbox, done - first, last - first - 1)
  for _, entry in ipairs(some) do
    entries[#entries + 1] = entry
    bytes = bytes + #entry
  end
  if #some < last - done then
    return {'short'}
  end
  done = last
end
return {'ok', string.format('%.0f', from), done < to, entries}
