-- What a key holds. Every record begins with a byte for its kind and layout.
--
--   counter   kind, level, level_at, last, total, cleared, then its entries, oldest first
--             an entry: time (6 bytes), attempt (8), source (8)
--   registry, proof   kind, generation, serial, epoch, until
--   value     kind, until, data
--
-- Times are milliseconds in 6 bytes, good for 8,900 years. The log of a counter stays the
-- string that it is: a subnet's may hold hundreds of entries, and most steps touch one end.
-- Numbers are doubles here, exact up to 2^53: attempts and sources have 63 bits and stay bytes.
--
-- Redis makes each function of a script anew for every call. So there are few that every call
-- needs; what only some calls need stands within a function that makes it when it is asked for.

local COUNTER, REGISTRY, PROOF, VALUE = 0x11, 0x12, 0x13, 0x14
local HEADER, ENTRY = 26, 22
local DAY = 86400000
local MAX_AHEAD = 3660 * DAY -- no clock is ten years off; a record that says so is damaged
local MAX_LEVEL = 30
local MOST, MOST_KNOWN = 2 ^ 47, 2 ^ 31 -- nothing counts on from here: its bytes would begin at zero again

-- The server's time, unless the caller keeps the time.
local clock = tonumber(ARGV[1])
if not clock then
  local told = redis.call('TIME')
  clock = told[1] * 1000 + math.floor(told[2] / 1000)
end

-- One read for all keys. A key of another type reads as none; see main.lua.
local raw = #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {}
local records = {} -- by place in KEYS: a record, false for none, nil where it wasn't read yet
local written = {} -- by place: the rule of a counter, or true
local unreadable = {} -- by place: whether the bytes there are none of ours

-- Returns nil for bytes that are none of ours.
local function read(data)
  local kind, size = string.byte(data, 1), #data
  if kind == COUNTER and size >= HEADER and (size - HEADER) % ENTRY == 0 then
    local _, level, level_at, last, total, cleared = struct.unpack('>BBI6I6I6I6', data)
    local ahead = clock + MAX_AHEAD
    if level <= MAX_LEVEL and level_at <= ahead and last <= ahead and cleared <= total and total < MOST
      and (size == HEADER or struct.unpack('>I6', data, size - ENTRY + 1) <= last) then
      return {
        kind = COUNTER, level = level, level_at = level_at, last = last, total = total, cleared = cleared,
        log = string.sub(data, HEADER + 1), held = (size - HEADER) / ENTRY,
      }
    end
  elseif (kind == REGISTRY or kind == PROOF) and size == 19 then
    local _, generation, serial, epoch, till = struct.unpack('>BI4I4I4I6', data)
    if generation < MOST_KNOWN and serial < MOST_KNOWN then
      return { kind = kind, generation = generation, serial = serial, epoch = epoch, till = till }
    end
  elseif kind == VALUE and size >= 7 then
    return { kind = VALUE, till = struct.unpack('>I6', data, 2), data = string.sub(data, 8) }
  end
end

-- The living record at a place, or false.
local function get(place)
  local record = records[place]
  if record == nil then
    local data = raw[place]
    record = data and read(data) or false
    if data and not record then
      unreadable[place] = true
    elseif record and record.till and record.till <= clock then
      record = false
    end
    records[place] = record
  end
  return record
end

-- The record of one kind at a place, or false: another kind's is damage.
local function get_kind(place, kind)
  local record = get(place)
  if record and record.kind ~= kind then
    unreadable[place] = true
    return false
  end
  return record
end

-- The counter at a place, or a new one that nobody keeps yet.
local function counter_at(place)
  local record = get_kind(place, COUNTER)
  if record then
    return record
  end
  return { kind = COUNTER, level = 0, level_at = 0, last = 0, total = 0, cleared = 0, log = '', held = 0 }
end

local function time_of(counter, entry)
  return (struct.unpack('>I6', counter.log, (entry - 1) * ENTRY + 1))
end

-- Takes the entries from one to another out of a counter's log.
local function cut(counter, first, last)
  counter.log = string.sub(counter.log, 1, (first - 1) * ENTRY) .. string.sub(counter.log, last * ENTRY + 1)
  counter.held = counter.held - (last - first + 1)
end

local function keep(place, record, rule)
  records[place] = record
  written[place] = rule or true
end

-- Which entry is an attempt's, or nil. What looks like it elsewhere in the bytes is none.
local function entry_of(counter, attempt)
  local from = 1
  while true do
    local at = string.find(counter.log, attempt, from, true)
    if not at then
      return nil
    elseif (at - 7) % ENTRY == 0 then
      return (at - 7) / ENTRY + 1
    end
    from = at + 1
  end
end
