import type { SampleCommand } from '@millrace/core/redis';

/** What the account has to be allowed. @param keys those of the scripts */
export function sourceNeeds([hash = '']: readonly string[]): SampleCommand[] {
  return [
    ['hget', hash, 'a'],
    ['hmget', hash, 'a'],
    ['hset', hash, 'a', ''],
    ['hsetnx', hash, 'a', ''],
    ['hdel', hash, 'a'],
    ['hexists', hash, 'a'],
    ['hgetall', hash],
    ['hincrby', hash, 'a', 1],
    ['hkeys', hash],
    ['zadd', hash, 1, 'a'],
    ['zrem', hash, 'a'],
    ['zrange', hash, 0, -1],
    ['zscore', hash, 'a'],
    ['xadd', hash, 'NOMKSTREAM', '*', 'h', ''],
    ['xread', 'STREAMS', hash, 0],
    ['xtrim', hash, 'MINID', 1],
    ['rpush', hash, ''],
    ['lpop', hash],
    ['llen', hash],
    ['lrange', hash, 0, -1],
    ['set', hash, '', 'GET'],
    ['incr', hash],
    ['del', hash],
    ['exists', hash],
    ['time'],
    ['eval', 'a', 1, hash],
    ['evalsha', 'a', 1, hash],
  ];
}
