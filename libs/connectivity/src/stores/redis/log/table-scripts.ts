import { RedisScript } from '@millrace/core/redis';
import { TABLE_TIME } from './redis-scripts.js';

/**
 * Brings the table of the shards and the time of the registry forward, and reads them: KEYS shards, nothing, clock, log and
 * snapshot of an earlier release. ARGV[1] version of this release; [4] the caller's estimate of the time; [5] `1` when the caller
 * knows of a table before this one; [6] how many places for new partitions it takes; [7] `1` to forget the most partitions
 * there were; then for each shard that it follows: its number, the number of the last log entry applied, partitions and connections.
 *
 * A table that is made where another one may have been is suspect: Redis has just begun, or has hardly anything although
 * somebody waits at it, as instances do, or the caller knows of another one. Where Redis has just begun, the others know of it
 * since then.
 *
 * Releases with one log for all find a snapshot of this version in its place, and say that there is a newer release.
 *
 * @returns a list of time, born, suspect, most partitions and the last of the places taken; whether an earlier release has left data, 1, or a newer one, 2; fields of the table
 */
export const TABLE = new RedisScript(`${TABLE_TIME}
if read('HLEN', KEYS[1]) == nil then redis.call('DEL', KEYS[1]) end
local time, text = advance()
if not number(redis.call('HGET', KEYS[1], 'born') or nil) then
  local info = redis.pcall('INFO', 'server')
  local uptime = type(info) == 'string' and tonumber(string.match(info, 'uptime_in_seconds:(%d+)'))
  local size = redis.pcall('DBSIZE')
  local clients = redis.pcall('INFO', 'clients')
  local waiting = type(clients) == 'string' and tonumber(string.match(clients, 'blocked_clients:(%d+)')) or 0
  local young = uptime and uptime < 5
  local suspect = young or ARGV[5] == '1' or (type(size) == 'number' and size < 16 and waiting > 0)
  local born = young and math.max(0, time - 1000 * uptime) or time
  redis.call('HSET', KEYS[1], 'born', string.format('%.0f', born), 'suspect', suspect and '1' or '0')
end
for i = 8, #ARGV, 4 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  local at = held and number(string.match(held, '^%d+')) or -1
  if tonumber(ARGV[i + 1]) > at then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2] .. ' ' .. ARGV[i + 3])
  end
end
local order = number(redis.call('HGET', KEYS[1], 'order') or nil) or 0
if ARGV[6] ~= '0' then
  local now = redis.call('TIME')
  order = math.max(order, tonumber(now[1]) * 1000000 + tonumber(now[2])) + tonumber(ARGV[6])
  redis.call('HSET', KEYS[1], 'order', string.format('%.0f', order))
end
local fields = redis.call('HGETALL', KEYS[1])
local partitions = 0
for i = 1, #fields, 2 do
  if string.find(fields[i], '^%d+$') then partitions = partitions + (tonumber(string.match(fields[i + 1], '^%d+ (%d+)') or nil) or 0) end
end
local peak = ARGV[7] ~= '1' and number(redis.call('HGET', KEYS[1], 'peak') or nil) or 0
if partitions > peak or ARGV[7] == '1' then
  peak = math.max(peak, partitions)
  redis.call('HSET', KEYS[1], 'peak', peak)
end
local earlier = 0
local version = tonumber(read('HGET', KEYS[5], 'v') or nil)
if version and version > tonumber(ARGV[1]) then
  earlier = 2
elseif redis.call('EXISTS', KEYS[4]) == 1 or read('HEXISTS', KEYS[5], 'state') == 1 then
  earlier = 1
elseif version ~= tonumber(ARGV[1]) then
  if read('HLEN', KEYS[5]) == nil then redis.call('DEL', KEYS[5]) end
  redis.call('HSET', KEYS[5], 'v', ARGV[1])
end
local born = redis.call('HMGET', KEYS[1], 'born', 'suspect')
return {{text, born[1], born[2], string.format('%.0f', peak), string.format('%.0f', order)}, earlier, fields}
`);

/** Keeps an earlier release from writing in its log any more: KEYS snapshot of it, ARGV version of this release. */
export const FENCE = new RedisScript(`
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'v', ARGV[1])
return 1
`);

/** Leaves nothing of an earlier release but the fence: KEYS log, count, snapshot of it, ARGV version of this release. */
export const MOVED_OUT = new RedisScript(`
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[3], 'v', ARGV[1])
return 1
`);
