-- What a counter's surviving entries mean: the arithmetic of authguard_core.counting.rules and
-- .bucket, step by step, under the same names. Delay and lock are computed and never stored, so
-- that taking an entry back recomputes them.

local CONSECUTIVE_MEMORY = 180 * DAY
local LIMITED, DELAYED, LOCKED, CAPPED = 1, 2, 3, 4

local made

local function rules()
  if made then
    return made
  end
  local rules = {}
  made = rules

  function rules.tick(counter)
    return math.max(clock, counter.last) -- a key's time never goes back
  end

  function rules.newest(counter)
    return time_of(counter, counter.held)
  end

  function rules.level_at(counter, when)
    if counter.level == 0 then
      return 0
    end
    return math.max(0, counter.level - math.floor(math.max(0, when - counter.level_at) / DAY))
  end

  -- When the lock ends, or 0 where none began.
  function rules.lock_end(counter, rule)
    if rule.lock == 0 or counter.held < rule.limit then
      return 0
    end
    local began = rules.newest(counter)
    return began + math.min(rule.lock * 2 ^ rules.level_at(counter, began), rule.lock_max)
  end

  function rules.delay_end(counter, rule)
    local over = counter.held - rule.delay_after
    return rules.newest(counter) + math.min(rule.delay * 2 ^ math.min(over, MAX_LEVEL), rule.delay_max)
  end

  -- When a full window has room again.
  function rules.window_end(counter, rule)
    return time_of(counter, counter.held - rule.limit + 1) + rule.window
  end

  function rules.interval(rule)
    return math.ceil(rule.window / rule.limit)
  end

  -- When a bucket is full again: then it says no more than none would.
  function rules.full_at(counter)
    return counter.total - counter.cleared
  end

  -- Why the next attempt is refused, and for how long (nil where time alone doesn't help); or nothing.
  function rules.refusal(counter, rule, now)
    local reason, till
    if rule.burst > 0 then
      reason, till = LIMITED, rules.full_at(counter) - (rule.burst - 1) * rules.interval(rule)
    elseif rule.cap > 0 and counter.total - counter.cleared >= rule.cap then
      return CAPPED, nil
    elseif counter.held >= rule.limit and rule.lock > 0 then
      reason, till = LOCKED, rules.lock_end(counter, rule)
    elseif counter.held >= rule.limit then
      reason, till = LIMITED, rules.window_end(counter, rule)
    elseif rule.delay_after > 0 and counter.held >= rule.delay_after then
      reason, till = DELAYED, rules.delay_end(counter, rule)
    end
    if reason and till > now then
      return reason, till - now
    end
  end

  -- A lock that is over takes the whole log with it; the next one is longer.
  function rules.rearm(counter, ended)
    counter.level = math.min(rules.level_at(counter, rules.newest(counter)) + 1, MAX_LEVEL)
    counter.level_at = ended
    counter.log, counter.held = '', 0
  end

  -- How many entries have left the window: they are in order, so half of them is passed over at once.
  function rules.expired(counter, since)
    local low, high = 0, counter.held
    while low < high do
      local middle = math.floor((low + high + 1) / 2)
      if time_of(counter, middle) <= since then
        low = middle
      else
        high = middle - 1
      end
    end
    return low
  end

  -- Brings a counter to its time.
  function rules.advance(counter, rule, now)
    if rule.burst > 0 then
      return
    end
    if rule.cap > 0 and counter.last + CONSECUTIVE_MEMORY <= now then
      counter.cleared = counter.total
    end
    if counter.held == 0 then
      return
    end
    if rule.lock > 0 and counter.held >= rule.limit then
      local ended = rules.lock_end(counter, rule)
      if ended <= now then
        rules.rearm(counter, ended)
      end
    elseif time_of(counter, 1) <= now - rule.window then
      cut(counter, 1, rules.expired(counter, now - rule.window))
    end
  end

  function rules.take_token(counter, rule, now)
    if rules.full_at(counter) <= now then
      counter.level_at, counter.total, counter.cleared = now, now, 0
    end
    counter.total = counter.total + rules.interval(rule)
  end

  function rules.reset(counter)
    counter.log, counter.held = '', 0
    counter.level, counter.level_at = 0, 0
    counter.cleared = counter.total
    counter.last = rules.tick(counter)
  end

  return rules
end

-- From when a counter says no more than none would: its key may go.
local function expires(counter, rule)
  if rule.burst > 0 then
    return counter.total - counter.cleared
  end
  local last = counter.last
  local till = last + rule.window
  if rule.cap > 0 and counter.total > counter.cleared then
    till = last + CONSECUTIVE_MEMORY
  end
  if rule.lock > 0 and counter.held >= rule.limit then
    local newest = rules().newest(counter)
    return math.max(till, rules().lock_end(counter, rule) + (rules().level_at(counter, newest) + 1) * DAY)
  elseif counter.level > 0 then
    return math.max(till, counter.level_at + counter.level * DAY)
  end
  return till
end

-- Brings a counter to its time, and says why the next attempt is refused, and for how long.
local function stand(counter, rule)
  local held, consecutive = counter.held, counter.total - counter.cleared
  if held == 0 and (consecutive == 0 or (rule.cap == 0 and rule.burst == 0)) then
    return nil -- nothing is held against anybody: most counters, most of the time
  end
  local now = counter.last > clock and counter.last or clock
  if rule.burst == 0 and held < rule.limit and (held == 0 or time_of(counter, 1) > now - rule.window)
    and (rule.cap == 0 or (consecutive < rule.cap and counter.last + CONSECUTIVE_MEMORY > now))
    and (rule.delay_after == 0 or held < rule.delay_after) then
    return nil -- something is held, nothing has expired, and nothing refuses
  end
  rules().advance(counter, rule, now)
  return rules().refusal(counter, rule, now)
end
