import { EXHAUSTED } from '../../engine/entry-id.js';
import { REFUSED_ID } from './redis-store-error.js';

/** What Redis knows of a stream, by its own names. */
const STATE_OF = `
local function stateOf(key)
  local info, state = redis.call('XINFO', 'STREAM', key), {}
  for index = 1, #info, 2 do state[info[index]] = info[index + 1] end
  return state
end
`;

/**
 * Appends entries to streams, all or none. KEYS: the streams. ARGV: mode, the clock in milliseconds, then for each key
 * the entries it may keep (0: not known yet), then for each entry the number of its key, its ID (`*` for a new one) and
 * its data. Answers the IDs.
 *
 * Mode `plain`: new IDs only. `own`: every ID is found and checked before the first entry is added. `check`: no more than
 * that. IDs are compared as text: Lua's numbers do not hold 64 bits.
 */
export const APPEND_ENTRIES = `${STATE_OF}
local GREATEST = '18446744073709551615'
local mode, now, first = ARGV[1], ARGV[2], 3 + #KEYS

local function above(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end

local function increment(digits)
  local place = #digits
  while place > 0 and digits:byte(place) == 57 do place = place - 1 end
  if place == 0 then return '1' .. string.rep('0', #digits) end
  return digits:sub(1, place - 1) .. string.char(digits:byte(place) + 1) .. string.rep('0', #digits - place)
end

local function following(ms, seq)
  if seq ~= GREATEST then return ms, increment(seq) end
  if ms ~= GREATEST then return increment(ms), '0' end
  return nil
end

local function lastOf(key)
  if redis.call('EXISTS', key) == 0 then return { '0', '0' } end
  return { string.match(stateOf(key)['last-generated-id'], '(%d+)-(%d+)') }
end

local ids = {}
if mode ~= 'plain' then
  local lasts = {}
  for index = first, #ARGV, 3 do
    local key, wanted = tonumber(ARGV[index]), ARGV[index + 1]
    local last = lasts[key] or lastOf(KEYS[key])
    local ms, seq
    if wanted == '*' then
      if above(now, last[1]) then ms, seq = now, '0' else ms, seq = following(last[1], last[2]) end
    else
      ms, seq = string.match(wanted, '(%d+)-(.+)')
      if seq == '*' then
        if ms == last[1] then ms, seq = following(ms, last[2]) else seq = ms == '0' and '1' or '0' end
      end
    end
    if not ms then return redis.error_reply('${REFUSED_ID} ${EXHAUSTED}') end
    if above(last[1], ms) or (last[1] == ms and not above(seq, last[2])) then
      return redis.error_reply('${REFUSED_ID} The ID ' .. wanted .. ' is not above the last one, ' .. last[1] .. '-' .. last[2])
    end
    lasts[key] = { ms, seq }
    ids[#ids + 1] = ms .. '-' .. seq
  end
  if mode == 'check' then return ids end
end

local place = 0
for index = first, #ARGV, 3 do
  local number = tonumber(ARGV[index])
  local key, limit = KEYS[number], ARGV[2 + number]
  place = place + 1
  local id = ids[place] or '*'
  if limit == '0' then ids[place] = redis.call('XADD', key, id, 'd', ARGV[index + 2])
  else ids[place] = redis.call('XADD', key, 'MAXLEN', '~', limit, id, 'd', ARGV[index + 2]) end
end
return ids
`;

/**
 * What Redis knows about a stream; nil when there is none. IDs: the last one given, the greatest of those deleted one by one,
 * and of the first and last entry where there are entries. Numbers: entries, all that were ever added (Redis counts them since
 * version 7), groups, and the two of the tree.
 */
export const DESCRIBE = `${STATE_OF}
if redis.call('TYPE', KEYS[1]).ok ~= 'stream' then return nil end
local state = stateOf(KEYS[1])
local ids = { state['last-generated-id'], state['max-deleted-entry-id'] or '0-0' }
if state['length'] > 0 then ids[3], ids[4] = state['first-entry'][1], state['last-entry'][1] end
local added = state['entries-added'] or state['length']
return { ids, { state['length'], added, state['groups'], state['radix-tree-keys'], state['radix-tree-nodes'] } }
`;

/** The first kept ID, if entries before it are gone and the cursor lies before it; '' when all are gone. */
export const GAP = `${STATE_OF}
if redis.call('TYPE', KEYS[1]).ok ~= 'stream' then return nil end
local state = stateOf(KEYS[1])
if (state['entries-added'] or 0) <= state['length'] then return nil end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return { first and first[1] or '', state['last-generated-id'] }
`;

/** Removes a stream, and no key of another type. Answers its length and its last ID. */
export const REMOVE = `${STATE_OF}
if redis.call('TYPE', KEYS[1]).ok ~= 'stream' then return nil end
local state = stateOf(KEYS[1])
redis.call('DEL', KEYS[1])
return { state['length'], state['last-generated-id'] }
`;

/** Sets a key if it still holds what was read from it; '' stands for nothing. */
export const REPLACE = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`;

/** Keeps the newest entries that together hold at least so many bytes, and removes what lies before them. */
export const TRIM_BYTES = `
local kept, limit, before = 0, tonumber(ARGV[1]), '+'
while true do
  local entries = redis.call('XREVRANGE', KEYS[1], before, '-', 'COUNT', 64)
  for _, entry in ipairs(entries) do
    for index = 2, #entry[2], 2 do kept = kept + #entry[2][index] end
    if kept >= limit then return redis.call('XTRIM', KEYS[1], 'MINID', entry[1]) end
  end
  if #entries < 64 then return 0 end
  before = '(' .. entries[64][1]
end
`;
