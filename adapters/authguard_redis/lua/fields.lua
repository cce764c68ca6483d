-- Reads the fields of an operation, which encoding.py writes, one after the other.

local ENDLESS = 2 ^ 48 - 1 -- a wait that time alone doesn't end
local OTHER, ACCOUNT, DEVICE = 0, 1, 2
local NOBODY = '\0\0\0\0\0\0\0\0' -- a known source is one, from whatever address it comes

local input, at -- what an operation reads, and where it stands
local steps = {} -- by the number of an operation

local function take_number(format)
  local number
  number, at = struct.unpack(format, input, at)
  return number
end

-- A list of counters: of what kind each is, its place in KEYS, its rule, and its running number if told.
local function take_charges(numbered)
  local charges = {}
  for i = 1, take_number('B') do
    local kind, place, limit, window, burst, delay_after, delay, delay_max, lock, lock_max, cap, seq
    kind, place, limit, window, burst, delay_after, delay, delay_max, lock, lock_max, cap, at =
      struct.unpack('>BHI4I6I4I4I6I6I6I6I4', input, at)
    if numbered then
      seq, at = struct.unpack('>I6', input, at)
    end
    charges[i] = {
      kind = kind, place = place, seq = seq, limit = limit, window = window, burst = burst, cap = cap,
      delay_after = delay_after, delay = delay, delay_max = delay_max, lock = lock, lock_max = lock_max,
    }
  end
  return charges
end
