/** Adds a key: 1 added, 0 the id is taken, -1 the store is full. KEYS: keys. ARGV: id, record, most keys. */
export const ADD = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`;

/** Takes a key out with its last use. KEYS: keys, uses. ARGV: id. */
export const REVOKE = `
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** Notes last uses of keys which are there. KEYS: keys, uses. ARGV: id, milliseconds, id, milliseconds, … */
export const TOUCH = `
for index = 1, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[2], ARGV[index]) or 0)
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 and known < tonumber(ARGV[index + 1]) then
    redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1])
  end
end
return 0`;
