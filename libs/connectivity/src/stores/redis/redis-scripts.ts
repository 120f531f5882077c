/**
 * Appends a command: KEYS log, count; ARGV command. The id of the entry is made by Redis from its own clock and never goes
 * back, so it is both the order and the time of the command.
 */
export const APPEND_COMMAND = `
local count = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], '*', 'n', count, 'c', ARGV[1])
return count
`;

/**
 * Appends a tick unless a command came at or after a time: KEYS log, count; ARGV time in ms, command. Every instance asks
 * for it when something is due, and one tick is enough for all.
 */
export const TICK = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if last[1] and tonumber(string.match(last[1][1], '^%d+')) >= tonumber(ARGV[1]) then return 0 end
local now = redis.call('TIME')
if tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) < tonumber(ARGV[1]) then return 0 end
local count = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], '*', 'n', count, 'c', ARGV[2])
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

/** What time it is, and how far the log is: KEYS count. A script, since a cluster sends a command without a key anywhere. */
export const HEAD = `
local now = redis.call('TIME')
return {now[1], now[2], redis.call('GET', KEYS[1]) or '0'}
`;
