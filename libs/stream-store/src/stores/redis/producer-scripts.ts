import { IDLE_MS, MOST_PRODUCERS, MOST_RUNS } from '../producers/producer-limits.js';
import { ABOVE, FOLLOWING } from './scripts.js';

/** More runs than these are kept before the oldest go, so that not every append removes one. */
const SLACK = 64;
/** How exactly it is known when a producer was there last, in seconds. */
const EXACTNESS = 60;
const IDLE_SECONDS = IDLE_MS / 1000;

/** Begin the answer for an append of a producer that is refused, with what was expected; and for others, with a reason. */
export const EXPECTED_SEQUENCE = 'sequence';
export const EXPECTED_EPOCH = 'epoch';
export const FORGOTTEN = 'forgotten';
export const UNKNOWN = 'unknown';
const REFUSED_BY_REDIS = 'error';

/**
 * Appends entries with new IDs to a stream, those of producers only where they are not there yet. KEYS: the stream, the set of its
 * producers, for each producer of this call the list of its runs, and where the stream may begin the key that keeps its last ID.
 * ARGV: 1 where it may begin, the clock in milliseconds, the entries that the stream may keep (0: not known yet), the number of
 * parts, for each part the number of the producer's key (0: none), epoch, sequence, number of entries and 1 for one that
 * must not begin, then the data of all entries.
 *
 * Answers for each part its IDs, or a text that says why it is refused; and one
 * more element where the stream began. Nil where there is no stream and none may begin.
 *
 * A run is an element `<epoch> <sequence> <entries> <ms>-<seq>`: entries whose IDs follow each other. The last one says where the
 * producer stands. To keep that so, the IDs of a part are asked for one behind the other.
 */
export const APPEND_PRODUCED = `${ABOVE}${FOLLOWING}
local key, index = KEYS[1], KEYS[2]
local begins, now, limit, parts = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local isNew = redis.call('EXISTS', key) == 0
if isNew and begins == '0' then return nil end

local floor
if isNew then
  floor = redis.call('GET', KEYS[#KEYS])
  if floor then floor = floorBehind(floor) end
end

-- Of more digits Lua's numbers hold not all, where they are made a text.
local function isSmall(seq) return #seq <= 13 end
local function text(number) return string.format('%.0f', number) end

local function runOf(stored)
  local epoch, sequence, entries, ms, seq = string.match(stored, '^(%d+) (%d+) (%d+) (%d+)-(%d+)$')
  return { sequence = tonumber(sequence), entries = tonumber(entries), ms = ms, seq = seq, epoch = tonumber(epoch) }
end

local function textOf(run)
  return table.concat({ text(run.epoch), text(run.sequence), text(run.entries), run.ms .. '-' .. run.seq }, ' ')
end

local producers = {}
local function producerOf(list)
  local producer = producers[list]
  if producer then return producer end
  producer = { fresh = {} }
  producers[list] = producer
  local stored = not isNew and redis.call('LINDEX', list, -1)
  if stored then
    local run = runOf(stored)
    producer.epoch, producer.next, producer.stored, producer.last = run.epoch, run.sequence + run.entries, run, run
  else producer.begins = true end
  return producer
end

local function begin(producer, epoch, sequence)
  producer.epoch, producer.next, producer.begins = epoch, sequence, true
  producer.stored, producer.last, producer.older, producer.fresh = nil, nil, {}, {}
end

local function take(run, from, to, ids)
  for number = math.max(from, run.sequence), math.min(to, run.sequence + run.entries) - 1 do
    local offset = number - run.sequence
    ids[1 + number - from] = run.ms .. '-' .. (offset == 0 and run.seq or text(tonumber(run.seq) + offset))
  end
  return run.sequence <= from
end

-- Nil where one of them is not known any more.
local function known(list, producer, from, to)
  local ids = {}
  for place = #producer.fresh, 1, -1 do
    if take(producer.fresh[place], from, to, ids) then return ids end
  end
  if not producer.stored or take(producer.stored, from, to, ids) then return ids end
  producer.older = producer.older or redis.call('LRANGE', list, 0, -2)
  for place = #producer.older, 1, -1 do
    if take(runOf(producer.older[place]), from, to, ids) then return ids end
  end
  return nil
end

local function record(producer, sequence, entries, ms, seq)
  local last = producer.last
  producer.next, producer.changed = sequence + entries, true
  if last and last.ms == ms and isSmall(last.seq) and isSmall(seq) and tonumber(last.seq) + last.entries == tonumber(seq) and
    last.sequence + last.entries == sequence then
    last.entries = last.entries + entries
    producer.grown = producer.grown or last == producer.stored
  else
    producer.last = { epoch = producer.epoch, sequence = sequence, entries = entries, ms = ms, seq = seq }
    producer.fresh[#producer.fresh + 1] = producer.last
  end
end

local function add(id, data)
  if floor then id = table.concat({ nextOf(floor, now) }, '-') end
  local added
  if limit == '0' then added = redis.pcall('XADD', key, id, 'd', data)
  else added = redis.pcall('XADD', key, 'MAXLEN', '~', limit, id, 'd', data) end
  if floor and type(added) == 'string' then
    redis.call('DEL', KEYS[#KEYS])
    redis.pcall('XSETID', key, added, 'ENTRIESADDED', '1', 'MAXDELETEDID', table.concat(floor, '-'))
    floor = nil
  end
  return added
end

local answers, isStored, failure = {}, false, nil
local place = 4 + parts * 5
for part = 1, parts do
  local at = part * 5
  local number, epoch, sequence, entries =
    tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local ids, refusal, producer = {}, nil, nil
  if number > 0 then
    local list = KEYS[number]
    producer = producerOf(list)
    if not producer.epoch then
      if ARGV[at + 4] == '1' then refusal = '${UNKNOWN} ' else begin(producer, epoch, sequence) end
    elseif epoch < producer.epoch then refusal = '${EXPECTED_EPOCH} ' .. text(producer.epoch)
    else
      local next = epoch > producer.epoch and 0 or producer.next
      if sequence > next then refusal = '${EXPECTED_SEQUENCE} ' .. text(next)
      elseif epoch > producer.epoch then begin(producer, epoch, 0)
      elseif sequence < next then
        ids = known(list, producer, sequence, math.min(next, sequence + entries))
        if not ids then refusal = '${FORGOTTEN} ' end
      end
    end
  end
  if failure and not refusal and #ids < entries then refusal = failure end
  if not refusal then
    local first, ms, seq = #ids + 1, nil, nil
    for entry = first, entries do
      local wanted = '*'
      if ms and isSmall(seq) then wanted = ms .. '-' .. text(tonumber(seq) + entry - first) end
      local id = add(wanted, ARGV[place + entry])
      if type(id) ~= 'string' then
        if parts == 1 and not isStored then return id end
        failure = '${REFUSED_BY_REDIS} ' .. id.err
        refusal = failure
        break
      end
      isStored = true
      ids[entry] = id
      if not ms or not isSmall(seq) then
        if ms and producer then record(producer, sequence + entry - 2, 1, ms, seq) end
        ms, seq = string.match(id, '^(%d+)-(%d+)$')
        first = entry
      end
    end
    local added = #ids - first + 1
    if producer and ms and added > 0 then record(producer, sequence + first - 1, added, ms, seq) end
  end
  answers[part] = refusal or ids
  place = place + entries
end

for list, producer in pairs(producers) do
  if producer.changed then
    if producer.begins then redis.call('DEL', list) end
    if producer.grown then redis.call('LSET', list, -1, textOf(producer.stored)) end
    local length = 0
    for _, run in ipairs(producer.fresh) do length = redis.call('RPUSH', list, textOf(run)) end
    if length > ${MOST_RUNS + SLACK} then redis.call('LTRIM', list, -${MOST_RUNS}, -1) end
    local left = redis.call('TTL', list)
    if left < ${IDLE_SECONDS - EXACTNESS} then
      local time = redis.call('TIME')
      redis.call('EXPIRE', list, ${IDLE_SECONDS})
      redis.call('ZADD', index, time[1] .. '.' .. string.format('%06d', time[2]), list)
      redis.call('EXPIRE', index, ${IDLE_SECONDS})
      if left < 0 then
        redis.call('ZREMRANGEBYSCORE', index, '-inf', tonumber(time[1]) - ${IDLE_SECONDS})
        local over = redis.call('ZCARD', index) - ${MOST_PRODUCERS}
        local silent = over > 0 and redis.call('ZPOPMIN', index, over) or {}
        for item = 1, #silent, 2 do redis.call('DEL', silent[item]) end
      end
    end
  end
end
if isNew and isStored then answers[parts + 1] = '' end
return answers
`;
