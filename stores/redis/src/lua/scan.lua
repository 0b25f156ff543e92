#!lua flags=no-writes
-- Entries by key: key, value, deadline of each, all of one moment. Fewer than asked for where they are large.
--
-- KEYS  values, index, deadlines
-- ARGV  from, to (as for ZRANGE BYLEX), how many, how many bytes are enough
local values, index, deadlines = unpack(KEYS)
local from, to, limit, enough = unpack(ARGV)
limit, enough = tonumber(limit), tonumber(enough)
local SOME = 250

local keys = redis.call('ZRANGE', index, from, to, 'BYLEX', 'LIMIT', 0, limit)
local entries, bytes, done = {}, 0, 0
while done < #keys and bytes < enough do
  local last = math.min(done + SOME, #keys)
  local found = redis.call('HMGET', values, unpack(keys, done + 1, last))
  local scores = redis.call('ZMSCORE', deadlines, unpack(keys, done + 1, last))
  for place, value in ipairs(found) do
    entries[#entries + 1] = keys[done + place]
    entries[#entries + 1] = value
    entries[#entries + 1] = scores[place]
    bytes = bytes + #keys[done + place] + (value and #value or 0)
  end
  done = last
end
return {#keys == limit or done < #keys, entries}
