#!lua flags=no-writes
-- Entries whose keys match, behind a cursor of `HSCAN`: key, value, deadline of each. About as many as wanted; fewer where
-- they are large, or where few of those looked at match.
--
-- KEYS  values, deadlines
-- ARGV  cursor, pattern, how many are wanted, how many bytes are enough
local values, deadlines = unpack(KEYS)
local cursor, pattern, wanted, enough = unpack(ARGV)
wanted, enough = tonumber(wanted), tonumber(enough)
local SOME, MOST = 250, 10000

local entries, bytes, looked = {}, 0, 0
local function take(list, from, to)
  local keys = {}
  for place = from, to, 2 do
    keys[#keys + 1] = list[place]
  end
  local scores = redis.call('ZMSCORE', deadlines, unpack(keys))
  for place, key in ipairs(keys) do
    local value = list[from + 2 * place - 1]
    entries[#entries + 1] = key
    entries[#entries + 1] = value
    entries[#entries + 1] = scores[place]
    bytes = bytes + #key + #value
  end
end

repeat
  local some = math.max(1, math.min(SOME, wanted - #entries / 3))
  local found = redis.call('HSCAN', values, cursor, 'MATCH', pattern, 'COUNT', some)
  local list
  cursor, list = found[1], found[2]
  -- A small hash comes whole, whatever was asked for; Lua's stack takes 8,000 values.
  for from = 1, #list, 2 * SOME do
    take(list, from, math.min(#list, from + 2 * SOME - 1))
  end
  looked = looked + some
until cursor == '0' or #entries >= 3 * wanted or bytes >= enough or looked >= MOST
return {cursor, entries}
