-- Operators' verbs, and a completed reset's.

-- A look brings nothing to its time for good, so it looks at a copy.
local function copy(counter)
  local other = {}
  for name, value in pairs(counter) do
    other[name] = value
  end
  return other
end

steps[3] = function()
  local parts, charges = {}, take_charges()
  local registry = take_number('>H')
  for i, one in ipairs(charges) do
    local counter = copy(counter_at(one.place))
    local reason, wait = stand(counter, one)
    local listed = one.burst == 0
    parts[i] = struct.pack('>I4I6BBI6', listed and counter.held or 0,
      listed and counter.total - counter.cleared or 0, rules().level_at(counter, rules().tick(counter)),
      reason or 0, reason and (wait or ENDLESS) or 0)
  end
  local found = registry > 0 and registry_at(registry) or { generation = 0, serial = 0, epoch = 0 }
  return table.concat(parts) .. proof_of(found)
end

steps[4] = function()
  for _, one in ipairs(take_charges()) do
    local counter = counter_at(one.place)
    rules().reset(counter)
    keep(one.place, counter, one)
  end
  local place, epoch = take_number('>H'), take_number('>I4')
  if place == 0 then
    return ''
  end
  local registry = registry_at(place, epoch)
  registry.generation, registry.serial = registry.generation + 1, 1
  write_known(place, REGISTRY, registry)
  return proof_of(registry)
end
