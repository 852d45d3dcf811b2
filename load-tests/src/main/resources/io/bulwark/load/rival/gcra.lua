-- One decision of a token bucket as GCRA (ITU-T I.371): only the theoretical arrival time is kept, in microseconds.
-- KEYS[1] the limit of a tenant; ARGV: microseconds in which one token comes back, capacity, cost.
-- Returns allowed (1 or 0), tokens remaining, microseconds until full, microseconds until the cost can be met.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval = tonumber(ARGV[1])
local span = interval * tonumber(ARGV[2])
local arrival = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
local advanced = arrival + interval * tonumber(ARGV[3])
local wait = advanced - span - now
if wait > 0 then
  return { 0, math.floor((span - (arrival - now)) / interval), math.ceil(arrival - now), math.ceil(wait) }
end
redis.call('SET', KEYS[1], string.format('%.3f', advanced), 'PX', math.ceil((advanced - now) / 1000) + 1)
return { 1, math.floor((span - (advanced - now)) / interval), math.ceil(advanced - now), 0 }
