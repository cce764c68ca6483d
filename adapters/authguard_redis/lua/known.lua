-- Which known sources of an account are alive: authguard_core.counting.registry.

local LIFETIME = 180 * DAY
local LIVE_SOURCES = 10

-- The registry at a place, or the one that would begin now.
local function registry_at(place, epoch)
  local record = get_kind(place, REGISTRY)
  if record then
    return record
  end
  return { kind = REGISTRY, generation = 0, serial = 0, epoch = epoch or 0 }
end

local function write_known(place, kind, from)
  keep(place, {
    kind = kind, generation = from.generation, serial = from.serial, epoch = from.epoch,
    till = clock + LIFETIME,
  })
end

local function proof_of(registry)
  return struct.pack('>I4I4I4', registry.generation, registry.serial, registry.epoch)
end
