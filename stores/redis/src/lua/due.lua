#!lua flags=no-writes
-- Keys by deadline, then key, behind a cursor.
--
-- KEYS  deadlines
-- ARGV  the last deadline, how many, then, if it goes on, deadline and key of the cursor
local deadlines = KEYS[1]
local last, limit, deadline, key = unpack(ARGV)

-- Whether `a` stands behind `b`. Lua's own order of strings is that of the locale.
local function is_behind(a, b)
  for place = 1, math.min(#a, #b) do
    local left, right = a:byte(place), b:byte(place)
    if left ~= right then
      return left > right
    end
  end
  return #a > #b
end

-- The place behind the cursor: among those of the same deadline, which may be many, halved again and again.
local from = 0
if deadline then
  from = redis.call('ZCOUNT', deadlines, '-inf', '(' .. deadline)
  local to = redis.call('ZCOUNT', deadlines, '-inf', deadline)
  while from < to do
    local middle = math.floor((from + to) / 2)
    if is_behind(redis.call('ZRANGE', deadlines, middle, middle)[1], key) then
      to = middle
    else
      from = middle + 1
    end
  end
end

local to = math.min(from + tonumber(limit), redis.call('ZCOUNT', deadlines, '-inf', last))
if from >= to then
  return {}
end
return redis.call('ZRANGE', deadlines, from, to - 1, 'WITHSCORES')
