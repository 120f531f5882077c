/** Brings the registry's time forward, and reads it: see `RegistryClock`. */
const TIME = `
local function advance(key, estimate)
  local now = redis.call('TIME')
  local wall = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
  local time = tonumber(redis.call('HGET', key, 'time') or '0')
  if tonumber(estimate) > time then time = tonumber(estimate) end
  if time == 0 then time = wall end
  local text = string.format('%.0f', time)
  redis.call('HSET', key, 'time', text, 'wall', string.format('%.0f', wall))
  return time, text
end
`;

/**
 * Appends a command: KEYS log, count, clock; ARGV command, estimate of the time. Redis puts the commands in their order; the
 * time of one never lies before that of another that came earlier.
 *
 * @returns the time
 */
export const APPEND_COMMAND = `${TIME}
local _, text = advance(KEYS[3], ARGV[2])
local count = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], '*', 'n', count, 'c', ARGV[1], 't', text)
return text
`;

/**
 * Appends a tick unless a command came at or after a time: KEYS log, count, clock; ARGV time in ms, command, estimate of the
 * time. Every instance asks for it when something is due, and one tick is enough for all.
 */
export const TICK = `${TIME}
local time, text = advance(KEYS[3], ARGV[3])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
-- Commands of earlier versions carry their time in the id alone.
if last[1] and tonumber(last[1][2][6] or string.match(last[1][1], '^%d+')) >= tonumber(ARGV[1]) then return 0 end
if time < tonumber(ARGV[1]) then return 0 end
local count = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], '*', 'n', count, 'c', ARGV[2], 't', text)
return count
`;

/**
 * Puts a snapshot in place and cuts the log up to the one before it, so that instances a little behind lose nothing:
 * KEYS log, snapshot; ARGV count, id, state.
 */
export const SNAPSHOT = `
local held = redis.call('HMGET', KEYS[2], 'count', 'id')
if held[1] and tonumber(held[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], 'count', ARGV[1], 'id', ARGV[2], 'state', ARGV[3])
if held[2] then redis.call('XTRIM', KEYS[1], 'MINID', held[2]) end
return 1
`;

/** What time it is, and how far the log is: KEYS count, clock; ARGV estimate of the time. */
export const HEAD = `${TIME}
local _, text = advance(KEYS[2], ARGV[1])
return {text, redis.call('GET', KEYS[1]) or '0'}
`;

/** The time that was kept last, when that was by the clock of Redis, and what that clock says now: KEYS clock. */
export const KEPT_TIME = `
local now = redis.call('TIME')
local held = redis.call('HMGET', KEYS[1], 'time', 'wall')
return {held[1], held[2], string.format('%.0f', tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000))}
`;
