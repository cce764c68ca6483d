-- Admission: charges an attempt to all its counters at once, or, if any of them refuses, to none.

local CHARGE, LOOK, IF_KNOWN = 0, 1, 2
local REFUSED, ADMITTED, UNKNOWN = 0, 1, 2

local function charge(counter, rule, attempt, source)
  local now = counter.last > clock and counter.last or clock
  counter.last = now
  if rule.burst > 0 then
    return rules().take_token(counter, rule, now)
  end
  if counter.total == 0 then
    counter.total, counter.cleared = now, now -- a number must never come again, whatever was dropped
  end
  counter.log = counter.log .. struct.pack('>I6', now) .. attempt .. source
  counter.held = counter.held + 1
  counter.total = counter.total + 1
end

-- What a source that claims to be known shows: nothing (0), a cookie's proof (1), a place where the
-- proof is kept (2), or that it was found alive under keys of another node (3).
local function take_known()
  local shown = take_number('B')
  if shown == 0 then
    return nil
  end
  local place, proof = take_number('>H'), nil
  if shown == 1 then
    proof = {}
    proof.generation, proof.serial, proof.epoch, at = struct.unpack('>I4I4I4', input, at)
  elseif shown == 2 then
    proof = get_kind(take_number('>H'), PROOF)
  end
  local source = take_charges()[1]
  local registry = shown < 3 and registry_at(place)
  source.alive = shown == 3 or (proof and proof.generation == registry.generation
    and proof.epoch == registry.epoch and registry.serial - LIVE_SOURCES < proof.serial
    and proof.serial <= registry.serial)
  return source
end

local function flags(known)
  return (known and 1 or 0) + (next(unreadable) and 2 or 0)
end

-- Says why, and leaves the records as they were: neither a refusal nor a look changes one.
local function refuse(charges, refusals, known)
  local parts = { struct.pack('BBB', REFUSED, flags(known), #refusals) }
  for _, one in ipairs(refusals) do
    parts[#parts + 1] = struct.pack('>BBI6', one.number, one.reason, one.wait or ENDLESS)
  end
  for _, one in ipairs(charges) do
    if not written[one.place] then
      records[one.place] = nil
    end
  end
  return table.concat(parts)
end

-- Where the account's consecutive count stands, for a known source's success.
local function observed(charges)
  local parts, number = {}, 0
  for i, one in ipairs(charges) do
    local counter = one.kind == ACCOUNT and one.burst == 0 and get(one.place)
    if counter and counter.kind == COUNTER then
      number = number + 1
      parts[number] = struct.pack('>BI6', i, counter.total)
    end
  end
  return string.char(number) .. table.concat(parts)
end

-- LOCKED or CAPPED where this very charge filled the counter.
local function closes(counter, rule)
  if rule.cap > 0 and counter.total - counter.cleared >= rule.cap then
    return CAPPED
  end
  return rule.lock > 0 and counter.held >= rule.limit and LOCKED or 0
end

-- Says again what an attempt was told whose reply was lost on the way.
local function recall(charges, counters, attempt)
  local told = {}
  for i, one in ipairs(charges) do
    local counter = counters[i]
    local entry = entry_of(counter, attempt)
    told[i] = struct.pack('>I6B', entry and counter.total - (counter.held - entry) or 0, 0)
    keep(one.place, counter, one)
  end
  return told
end

local function charge_all(charges, counters, attempt, source)
  local told = {}
  for i, one in ipairs(charges) do
    local counter = counters[i]
    charge(counter, one, attempt, source)
    told[i] = struct.pack('>I6B', counter.total, closes(counter, one))
    keep(one.place, counter, one)
  end
  return told
end

steps[1] = function()
  local attempt, source, mode = string.sub(input, 2, 9), string.sub(input, 10, 17), string.byte(input, 18)
  at = 19
  local charges = take_charges()
  local known, registry = take_known(), take_number('>H')
  local is_known = known and known.alive
  if mode == IF_KNOWN and not is_known then
    return struct.pack('BB', UNKNOWN, flags(false))
  end
  local asked = is_known and { known } or charges
  local counters, refusals, again = {}, {}, false
  for i, one in ipairs(asked) do
    local counter = counter_at(one.place)
    local reason, wait = stand(counter, one)
    if reason then
      refusals[#refusals + 1] = { number = i, reason = reason, wait = wait }
    end
    again = again or (counter.held > 0 and entry_of(counter, attempt) ~= nil)
    counters[i] = counter
  end
  if mode == LOOK or (#refusals > 0 and not again) then
    return refuse(asked, refusals, is_known)
  end
  local told = again and recall(asked, counters, attempt)
    or charge_all(asked, counters, attempt, is_known and NOBODY or source)
  local generation = registry > 0 and registry_at(registry).generation or 0
  return struct.pack('>BBI4B', ADMITTED, flags(is_known), generation, #told) .. table.concat(told)
    .. (is_known and observed(charges) or '\0')
end
