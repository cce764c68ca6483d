-- What became of an admitted attempt: a success gives back what was charged in advance.

local function forget(counter, seq)
  if seq > counter.cleared then
    counter.cleared = math.min(counter.total, seq)
  end
end

-- Takes one attempt's entry back, and no other. Returns when it was charged, and which it was.
local function refund(counter, attempt)
  local mine = entry_of(counter, attempt)
  if not mine then
    return nil
  end
  local began = time_of(counter, mine)
  cut(counter, mine, mine)
  return began, mine
end

-- Takes back a proven attempt's entry, and the older ones of the same source.
local function succeed(counter, attempt, source, seq)
  forget(counter, seq)
  local began, mine = refund(counter, attempt)
  for entry = (mine or 1) - 1, 1, -1 do
    if string.sub(counter.log, entry * ENTRY - 7, entry * ENTRY) == source then
      cut(counter, entry, entry)
    end
  end
  return began
end

-- Takes back an attempt whose secret was never looked at. It clears nothing else.
local function release(counter, attempt, seq)
  local began = refund(counter, attempt)
  if began and seq > counter.cleared then
    counter.cleared = counter.cleared + 1
  end
  return began
end

local function settle_one(one, counter, attempt, source, checked)
  if not checked then
    return release(counter, attempt, one.seq)
  elseif one.kind == OTHER then
    return (refund(counter, attempt))
  end
  return succeed(counter, attempt, one.kind == DEVICE and NOBODY or source, one.seq)
end

-- Returns when the attempt was charged, by the logs that still hold it, and whether its own does.
local function settle_logs(charged, attempt, source, checked)
  local began, held
  for _, one in ipairs(charged) do
    local counter = one.burst == 0 and get(one.place)
    if counter and counter.kind == COUNTER then
      local when = settle_one(one, counter, attempt, source, checked)
      if when then
        began = math.min(began or when, when)
        held = held or one.kind ~= OTHER
      end
      keep(one.place, counter, one)
    end
  end
  return began, held
end

-- Gives back what hasn't come back by itself of an attempt's token. A bucket can't tell who took
-- one, so a log that held the attempt vouches for it.
local function settle_buckets(charged, began)
  for _, one in ipairs(charged) do
    local counter = one.burst > 0 and get(one.place)
    if counter and counter.kind == COUNTER then
      if began >= counter.level_at then
        local outstanding = one.seq - counter.cleared - rules().tick(counter)
        counter.cleared = counter.cleared + math.max(0, math.min(rules().interval(one), outstanding))
      end
      keep(one.place, counter, one)
    end
  end
end

local function forget_all(watched)
  for _, one in ipairs(watched) do
    local counter = get(one.place)
    if counter and counter.kind == COUNTER then
      forget(counter, one.seq)
      keep(one.place, counter, one)
    end
  end
end

local function take_issue()
  if take_number('B') == 0 then
    return nil
  end
  local issue = { registry = take_number('>H'), fresh = take_number('B') == 1, proof = take_number('>H') }
  issue.charge = take_charges()[1]
  issue.epoch = take_number('>I4')
  if take_number('B') == 1 then
    issue.generation = take_number('>I4')
  end
  return issue
end

-- Makes a source known. Returns its proof; nothing where it was known already, or a reset came in between.
local function issue_known(issue)
  local registry = registry_at(issue.registry, issue.epoch)
  if issue.generation and issue.generation ~= registry.generation then
    return ''
  end
  registry.serial = registry.serial + (issue.fresh and 1 or 0)
  if registry.generation > 0 or registry.serial > 0 then
    write_known(issue.registry, REGISTRY, registry)
  end
  local proof = issue.proof > 0 and (issue.fresh and registry or get(issue.proof))
  if proof and (issue.fresh or proof.kind == PROOF) then
    write_known(issue.proof, PROOF, proof)
  end
  if issue.fresh and issue.charge and get(issue.charge.place) then
    local counter = counter_at(issue.charge.place)
    rules().reset(counter)
    keep(issue.charge.place, counter, issue.charge)
  end
  return issue.fresh and proof_of(registry) or ''
end

steps[2] = function()
  local attempt, source = string.sub(input, 2, 9), string.sub(input, 10, 17)
  local checked, vouched -- vouched: when another node's log says that it was charged, or 0
  checked, vouched, at = struct.unpack('>BI6', input, 18)
  checked = checked == 1
  local charged, watched, issue = take_charges(true), take_charges(true), take_issue()
  local began, held = settle_logs(charged, attempt, source, checked)
  if began or vouched > 0 then
    settle_buckets(charged, began or vouched)
  end
  local proof = ''
  if checked then
    forget_all(watched)
    proof = issue and held and issue_known(issue) or ''
  end
  return struct.pack('>I6', began or 0) .. proof
end
