import { ZERO_ID } from '@millrace/protocol';
import { EXHAUSTED } from '../../engine/entry-id.js';
import { END_FIELD, GREATEST_ID } from './end-marker.js';
import { REFUSED_ID } from './redis-store-error.js';

/** What Redis knows of a stream, by its own names. */
const STATE_OF = `
local function stateOf(key)
  local info, state = redis.call('XINFO', 'STREAM', key), {}
  for index = 1, #info, 2 do state[info[index]] = info[index + 1] end
  return state
end
`;

/** The last ID that was given in a stream, and whether the stream has ended. */
export const LAST_OF = `${STATE_OF}
local function lastOf(key, state)
  local last = state['last-generated-id']
  if last ~= '${GREATEST_ID}' then return last, false end
  local top = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  if top and top[1] == last and top[2][1] == '${END_FIELD}' then return top[2][2], true end
  return last, false
end
`;

/** Comparing IDs, as text: Lua's numbers do not hold 64 bits. */
export const ABOVE = `
local function above(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end

local function partsOf(id) return { string.match(id, '(%d+)-(%d+)') } end

local function isAbove(a, b)
  return above(a[1], b[1]) or (a[1] == b[1] and above(a[2], b[2]))
end
`;

/** The ID behind another one, and the floor of a stream that begins anew. */
export const FOLLOWING = `
local GREATEST = '18446744073709551615'

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

local function nextOf(last, now)
  if above(now, last[1]) then return now, '0' end
  return following(last[1], last[2])
end

local function floorBehind(id)
  local floor = { following(unpack(partsOf(id))) }
  if floor[1] and following(unpack(floor)) then return floor end
  return nil
end
`;

/**
 * Appends entries with new IDs to a stream that is there. KEYS: the stream. ARGV: the entries it may keep (0: not known yet), and
 * the data of each entry. Answers the IDs, or nil where there is no such stream.
 */
export const APPEND_PLAIN = `
if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
local key, limit, ids = KEYS[1], ARGV[1], {}
for index = 2, #ARGV do
  if limit == '0' then ids[index - 1] = redis.call('XADD', key, '*', 'd', ARGV[index])
  else ids[index - 1] = redis.call('XADD', key, 'MAXLEN', '~', limit, '*', 'd', ARGV[index]) end
end
return ids
`;

/**
 * Appends entries to streams, all or none. KEYS: the streams and, where they may have to begin, for each the key that keeps its
 * last ID when it is deleted. ARGV: mode, the clock in milliseconds, the number of streams, then for each stream the entries it
 * may keep (0: not known yet), then for each entry the number of its stream, its ID (`*` for a new one) and its data. Answers the
 * IDs, or nil where a stream is not there and may not begin.
 *
 * Mode `plain`: new IDs only. `own`: every ID is found and checked before the first entry is added. `check`: no more than
 * that.
 *
 * A stream that begins anew goes on above its floor, the ID behind the last one it had, unless its first entry brings a lower
 * one. The floor then counts as the ID of a deleted entry, which Redis knows of since version 7. Behind the IDs there is one
 * more answer where a stream began.
 */
export const APPEND_ENTRIES = `${STATE_OF}${ABOVE}${FOLLOWING}
local mode, now, streams = ARGV[1], ARGV[2], tonumber(ARGV[3])
local first = 4 + streams

local lasts, floors, begun, isNew = {}, {}, {}, false
for key = 1, streams do
  if redis.call('EXISTS', KEYS[key]) == 0 then
    if #KEYS == streams then return nil end
    local floor = redis.call('GET', KEYS[streams + key])
    if floor then floors[key] = floorBehind(floor) end
    lasts[key] = { '0', '0' }
    isNew = true
  end
end

local ids = {}
if mode ~= 'plain' then
  for index = first, #ARGV, 3 do
    local key, wanted = tonumber(ARGV[index]), ARGV[index + 1]
    local last = lasts[key] or partsOf(stateOf(KEYS[key])['last-generated-id'])
    local ms, seq
    if wanted == '*' then
      ms, seq = nextOf(not begun[key] and floors[key] or last, now)
    else
      ms, seq = string.match(wanted, '(%d+)-(.+)')
      if seq == '*' then
        if ms == last[1] then ms, seq = following(ms, last[2]) else seq = ms == '0' and '1' or '0' end
      end
    end
    if not ms then return redis.error_reply('${REFUSED_ID} ${EXHAUSTED}') end
    if not isAbove({ ms, seq }, last) then
      return redis.error_reply('${REFUSED_ID} The ID ' .. wanted .. ' is not above the last one, ' .. last[1] .. '-' .. last[2])
    end
    lasts[key], begun[key] = { ms, seq }, true
    ids[#ids + 1] = ms .. '-' .. seq
  end
  if mode == 'check' then return ids end
end

local place = 0
for index = first, #ARGV, 3 do
  local number = tonumber(ARGV[index])
  local key, limit = KEYS[number], ARGV[3 + number]
  place = place + 1
  local id = ids[place] or '*'
  local floor = floors[number]
  if floor and id == '*' then id = table.concat({ nextOf(floor, now) }, '-') end
  if limit == '0' then ids[place] = redis.call('XADD', key, id, 'd', ARGV[index + 2])
  else ids[place] = redis.call('XADD', key, 'MAXLEN', '~', limit, id, 'd', ARGV[index + 2]) end
  if floor then
    floors[number] = nil
    redis.call('DEL', KEYS[streams + number])
    if isAbove(partsOf(ids[place]), floor) then
      redis.pcall('XSETID', key, ids[place], 'ENTRIESADDED', '1', 'MAXDELETEDID', table.concat(floor, '-'))
    end
  end
end
if isNew then ids[#ids + 1] = '' end
return ids
`;

/**
 * Ends a stream. ARGV: in a cluster the channel that its readers listen to. Answers its last ID; nil when there is no stream, an
 * error where the greatest ID is taken, which the mark of the end must have.
 */
export const END = `${LAST_OF}
if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
local last, ended = lastOf(KEYS[1], stateOf(KEYS[1]))
if ended then return last end
if last == '${GREATEST_ID}' then return redis.error_reply('${REFUSED_ID} ${EXHAUSTED}') end
redis.call('XADD', KEYS[1], '${GREATEST_ID}', '${END_FIELD}', last)
if ARGV[1] then redis.pcall('SPUBLISH', ARGV[1], '') end
return last
`;

/**
 * The ends of a stream: the first kept ID ('' when there is none), the last one given, and an ID below which cursors have lost
 * entries ('0-0' where none are gone). A key that is not there answers as an empty stream; one that holds something else is an error.
 */
export const ENDS = `${LAST_OF}
if redis.call('EXISTS', KEYS[1]) == 0 then return { '', '${ZERO_ID}', '${ZERO_ID}' } end
local state = stateOf(KEYS[1])
local last, ended = lastOf(KEYS[1], state)
local first = state['first-entry'] and state['first-entry'][1]
if ended and first == '${GREATEST_ID}' then first = nil end
-- Which entries were trimmed is not known; without such, all before the floor of the stream are gone.
local removed = state['max-deleted-entry-id'] or '${ZERO_ID}'
if (state['entries-added'] or 0) > state['length'] then removed = first or last end
return { first or '', last, removed }
`;

/**
 * Removes a stream with what is known of its producers; a key of another type is an error. KEYS: the stream, the list of its producers, and
 * where there are such, the key that keeps its last ID, and the count of removals. ARGV: seconds that the ID is kept, and in a cluster the channel that its readers listen to. Answers the stream's length; nil when there is none.
 */
export const REMOVE = `${LAST_OF}
if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
local state = stateOf(KEYS[1])
local last, ended = lastOf(KEYS[1], state)
redis.call('DEL', KEYS[1])
for _, producer in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('DEL', producer) end
redis.call('DEL', KEYS[2])
if KEYS[3] then redis.call('SET', KEYS[3], last, 'EX', ARGV[1]) end
if KEYS[4] then redis.call('INCR', KEYS[4]) end
if ARGV[2] then redis.pcall('SPUBLISH', ARGV[2], '') end
return state['length'] - (ended and 1 or 0)
`;

/**
 * Which streams are no longer those that were followed. KEYS: the streams. ARGV: the last ID seen of each, then for each that has
 * ended what its mark says, or ''. Answers for each the
 * last ID of the stream as it is now; '' where it is the same one still and that entry is there, and `overtaken` where it may
 * have been trimmed. Where all entries that were ever added are there, and begin behind it, it was none of them.
 */
export const OVERTAKEN = 'overtaken';
export const BEGUN_ANEW = `${LAST_OF}${ABOVE}
local answers = {}
for index, key in ipairs(KEYS) do
  local seen, mark = ARGV[index], ARGV[#KEYS + index]
  local isStream = redis.call('TYPE', key).ok == 'stream'
  local found = isStream and redis.call('XRANGE', key, seen, seen)[1]
  answers[index] = ''
  if not isStream then answers[index] = '${ZERO_ID}'
  elseif found then
    if mark ~= '' and found[2][2] ~= mark then answers[index] = lastOf(key, stateOf(key)) end
  else
    local state, last = stateOf(key), partsOf(seen)
    local entry = state['first-entry']
    local isBehind = not entry or isAbove(partsOf(entry[1]), last)
    local isWhole = entry and state['entries-added'] == state['length']
    if isAbove(last, partsOf(state['last-generated-id'])) or
      (isBehind and isWhole) or (isBehind and isAbove(partsOf(state['max-deleted-entry-id'] or '${ZERO_ID}'), last)) then
      answers[index] = lastOf(key, state)
    else answers[index] = '${OVERTAKEN}' end
  end
end
return answers
`;

/**
 * Whether a stream has news or is another one now, in one look: its last ID ('' where there is no stream), and how many entries
 * were ever added. An error when the key holds something else.
 */
export const LOOK = `
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err then
  if string.find(info.err, 'no such key', 1, true) then return { '', 0 } end
  return info
end
local state = {}
for index = 1, #info, 2 do state[info[index]] = info[index + 1] end
return { state['last-generated-id'], state['entries-added'] or 0 }
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
    if entry[1] ~= '${GREATEST_ID}' then
      for index = 2, #entry[2], 2 do kept = kept + #entry[2][index] end
    end
    if kept >= limit then return redis.call('XTRIM', KEYS[1], 'MINID', entry[1]) end
  end
  if #entries < 64 then return 0 end
  before = '(' .. entries[64][1]
end
`;
