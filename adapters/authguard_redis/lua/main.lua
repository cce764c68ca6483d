-- One call carries out every operation of a trip, in order, in one step of the server's.

local slack = tonumber(ARGV[2]) -- keys outlive their meaning by this, so that no clock frees one early

local replies = {}
for i = 3, #ARGV do
  input, at = ARGV[i], 2
  replies[i - 2] = steps[string.byte(input, 1)]()
end

for place, rule in pairs(written) do
  local record, till, data = records[place], 0, nil
  if record and record.kind == COUNTER then
    till = expires(record, rule) -- an empty one stays for a window, too: its time must not go back
    data = struct.pack('>BBI6I6I6I6', COUNTER, record.level, record.level_at, record.last, record.total,
      record.cleared) .. record.log
  elseif record then
    till = record.till
    data = record.kind == VALUE and struct.pack('>BI6', VALUE, till) .. record.data
      or struct.pack('>BI4I4I4I6', record.kind, record.generation, record.serial, record.epoch, till)
  end
  if till > clock then
    redis.call('SET', KEYS[place], data, 'PX', string.format('%d', till - clock + slack))
  else
    redis.call('DEL', KEYS[place])
  end
end
return replies
