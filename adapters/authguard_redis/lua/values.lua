-- Single-use values. What can't be read is there all the same: no code becomes good again by it.

local function is_free(place)
  if get(place) or unreadable[place] then
    return false
  end
  -- MGET says of a key of another type what it says of none.
  return raw[place] or written[place] or redis.call('EXISTS', KEYS[place]) == 0
end

steps[5] = function()
  local place, ttl = take_number('>H'), take_number('>I6')
  local free = is_free(place)
  if free then
    keep(place, { kind = VALUE, till = clock + ttl, data = string.sub(input, at) })
  end
  return free and '\1' or '\0'
end

-- Eight bytes of a signed number, in two halves: a double holds 53 bits of it.
local function is_less(one, other)
  local high, low = struct.unpack('>i4I4', one)
  local other_high, other_low = struct.unpack('>i4I4', other)
  return high < other_high or (high == other_high and low < other_low)
end

steps[6] = function()
  local place, ttl = take_number('>H'), take_number('>I6')
  local number, kept = string.sub(input, at, at + 7), get(place)
  local ahead = is_free(place)
  if kept and kept.kind == VALUE and #kept.data == 8 then
    ahead = is_less(kept.data, number)
  end
  if ahead then
    keep(place, { kind = VALUE, till = clock + ttl, data = number })
  end
  return ahead and '\1' or '\0'
end

steps[7] = function()
  local place = take_number('>H')
  local kept = get(place)
  if not kept or kept.kind ~= VALUE then
    return '\0'
  end
  keep(place, false)
  return '\1' .. kept.data
end
