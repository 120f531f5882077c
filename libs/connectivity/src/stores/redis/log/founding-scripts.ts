import { RedisScript } from '@millrace/core/redis';
import { FOUNDING } from './redis-scripts.js';

/**
 * Looks at a log that may be broken, and notes how far the caller is, when it says so: ARGV[6] `1`. By that
 * others look closely, who would not notice.
 *
 * Known is the greatest number of a command that Redis still knows of. It is certain when log or count say so: when
 * both are gone, only the instances know how far they are, and each has to be waited for. Nothing is left when no key is
 * there.
 *
 * @returns status, reason, known, certain, nothing
 */
export const SURVEY = new RedisScript(`${FOUNDING}
local status, seen, reason = look()
if status ~= 'broken' then return {status, reason or '', '0', 0, 0} end
if not seen.clock then redis.call('DEL', KEYS[3]) end
local claim = number(seen.claim) or 0
local mine = ARGV[6] == '1' and tonumber(ARGV[2]) or 0
redis.call('HSET', KEYS[3], 'claim', string.format('%.0f', math.max(claim, mine)))
local known = math.max(seen.count or 0, seen.tail or 0, claim, mine)
local nothing = claim == 0 and redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[4]) == 0
return {status, reason, string.format('%.0f', known), (seen.count or seen.tail) and 1 or 0, nothing and 1 or 0}
`);

/**
 * Begins a log anew with a state that holds all up to the caller's last command: ARGV[6] its epoch, [7] state, [8] recent
 * commands, [9] the logs before it, [10] a tick, [11] `1` to do so even when Redis knows of later commands. Its numbers begin
 * with the time in microseconds, so that they meet those of no other log.
 *
 * @returns status; `broken` when the log was founded, `ahead` when Redis knows of later commands
 */
export const FOUND = new RedisScript(`${FOUNDING}
local status, seen = look()
if status ~= 'broken' then return status end
local known = math.max(seen.count or 0, seen.tail or 0, number(seen.claim) or 0)
if known > tonumber(ARGV[2]) and ARGV[11] ~= '1' then return 'ahead' end
local now = redis.call('TIME')
local base = math.max(tonumber(now[1]) * 1000000 + tonumber(now[2]), tonumber(ARGV[2]) + 1)
-- A number beyond these came from elsewhere, and none could follow it exactly.
if known < 4000000000000000 then base = math.max(base, known + 1) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
local _, text = advance(seen)
redis.call('HDEL', KEYS[3], 'claim')
local count = string.format('%.0f', base)
redis.call('SET', KEYS[2], count)
redis.call('HSET', KEYS[4], 'count', count, 'id', '0-0', 'state', ARGV[7], 'epoch', ARGV[6], 'recent', ARGV[8], 'from', ARGV[9], 'v', ARGV[1])
add(ARGV[10], text)
return status
`);

/**
 * Makes it known that a log cannot be read though it looks whole: ARGV[6] number of the snapshot that was read, or nothing,
 * [7] id of the entry that cannot follow, or nothing when the snapshot itself cannot be read. The instances that hold the
 * state in memory then see that the log is broken.
 *
 * @returns whether it still was as the caller has read it
 */
export const CONDEMN = new RedisScript(`${FOUNDING}
local status, seen = look()
if status ~= 'whole' or (seen.reach or '') ~= ARGV[6] then return 0 end
if ARGV[7] ~= '' and #redis.call('XRANGE', KEYS[1], ARGV[7], ARGV[7]) == 0 then return 0 end
redis.call('DEL', KEYS[2])
return 1
`);
