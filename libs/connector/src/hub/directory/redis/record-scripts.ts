import { SourceScript } from './source-script.js';
import { PRELUDE } from './source-scripts.js';

/** Marks of delivered notifications that are kept for each source, and how long the last batch of a process is known, in milliseconds. */
const MAX_MARKS = 8;
const BATCH_MS = 3_600_000;

/**
 * Adds to what is known of sources, once. ARGV: process, number of the batch, the batch as JSON, notifications kept for each source,
 * bytes they may take.
 */
export const RECORD = new SourceScript(
  [
    'documents',
    'revisions',
    'leases',
    'errors',
    'notifications',
    'publishes',
    'queries',
    'open',
    'delivered',
    'kept-bytes',
    'kept',
    'batch',
  ],
  `
local last = redis.call('SET', batch .. ':' .. ARGV[1], ARGV[2], 'GET', 'PX', ${BATCH_MS})
if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
local maxKept, maxBytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local function bytesOf(entry) return tonumber(string.match(entry, '^%d+')) end
local function keep(source, entries)
  local list = kept .. ':' .. source
  for _, entry in ipairs(entries) do
    redis.call('RPUSH', list, entry)
    redis.call('HINCRBY', kept_bytes, source, bytesOf(entry))
  end
  while redis.call('LLEN', list) > maxKept or tonumber(redis.call('HGET', kept_bytes, source)) > maxBytes do
    local oldest = redis.call('LPOP', list)
    if oldest then redis.call('HINCRBY', kept_bytes, source, -bytesOf(oldest))
    else redis.call('HSET', kept_bytes, source, 0) end
  end
end
local function deliver(source, marks)
  local all = cjson.decode(redis.call('HGET', delivered, source) or '[]')
  for _, mark in ipairs(marks) do
    for index, known in ipairs(all) do
      if known[1] == mark[1] then
        if tonumber(known[2]) > tonumber(mark[2]) then mark = known end
        table.remove(all, index)
        break
      end
    end
    all[#all + 1] = mark
  end
  while #all > ${MAX_MARKS} do table.remove(all, 1) end
  redis.call('HSET', delivered, source, cjson.encode(all))
end
local changes, sources, opened = cjson.decode(ARGV[3]), {}, {}
for index, change in ipairs(changes) do sources[index] = change.source end
local made, held = redis.call('HMGET', revisions, unpack(sources)), redis.call('HMGET', leases, unpack(sources))
for index, change in ipairs(changes) do
  local source = change.source
  if made[index] or redis.call('HEXISTS', documents, source) == 1 then
    if change.notifications > 0 then redis.call('HINCRBY', notifications, source, change.notifications) end
    if change.publishes > 0 then redis.call('HINCRBY', publishes, source, change.publishes) end
    if change.queries > 0 then redis.call('HINCRBY', queries, source, change.queries) end
    if change.error then
      local now = redis.call('TIME')
      local at = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
      redis.call('HSET', errors, source, string.format('%.0f', at) .. ' ' .. change.error)
    end
    if change.overflows then
      redis.call('DEL', kept .. ':' .. source)
      redis.call('HDEL', kept_bytes, source)
    end
    if #change.kept > 0 then keep(source, change.kept) end
    if #change.delivered > 0 then deliver(source, change.delivered) end
    if held[index] and change.session == string.match(held[index], '^%S+ (%S+)') then
      opened[#opened + 1] = source
      opened[#opened + 1] = change.openQueries
    end
  end
end
if #opened > 0 then redis.call('HSET', open, unpack(opened)) end
return 1
`,
);

/** What is known of all sources. Answers the columns, and until when the leases of instances last. */
export const LIST = `${PRELUDE}
local columns = { redis.call('HKEYS', documents), redis.call('ZRANGE', instances, 0, -1, 'WITHSCORES'), text(at) }
for _, column in ipairs({ leases, expected, since, errors, open, notifications, publishes, queries, claims }) do
  columns[#columns + 1] = redis.call('HGETALL', column)
end
return columns
`;

/** The same of one source, with its document in place of the names. ARGV: source. */
export const DESCRIBE_SOURCE = `${PRELUDE}
local document = redis.call('HGET', documents, ARGV[1])
if not document then return nil end
local columns = { document, redis.call('ZRANGE', instances, 0, -1, 'WITHSCORES'), text(at) }
for _, column in ipairs({ leases, expected, since, errors, open, notifications, publishes, queries, claims }) do
  local value = redis.call('HGET', column, ARGV[1])
  columns[#columns + 1] = value and { ARGV[1], value } or {}
end
return columns
`;
