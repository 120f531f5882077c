import type { Redis } from 'ioredis';

/** Names the keys of the one registry that a Redis holds, by their last part. */
export type KeyOf = (name: 'log' | 'count' | 'clock' | 'snapshot' | 'snapshot-lock') => string;

export async function keysOf(redis: Redis): Promise<KeyOf> {
  const [log = ''] = await redis.keys('*:log');
  const prefix = log.slice(0, -'log'.length);
  return (name) => prefix + name;
}

export type Damage = (redis: Redis, key: KeyOf) => Promise<unknown>;

const nextNumber = async (redis: Redis, key: KeyOf): Promise<number> => Number(await redis.get(key('count'))) + 1;

/** What befalls the keys of a registry: an operator, a program that shares the database, eviction. */
export const DAMAGES: readonly (readonly [title: string, damage: Damage])[] = [
  ['its log is deleted', (redis, key) => redis.del(key('log'))],
  ['its count is deleted', (redis, key) => redis.del(key('count'))],
  ['its clock is deleted', (redis, key) => redis.del(key('clock'))],
  ['its snapshot is deleted', (redis, key) => redis.del(key('snapshot'))],
  ['its lock is deleted', (redis, key) => redis.del(key('snapshot-lock'))],
  ['log and count are deleted', (redis, key) => redis.del(key('log'), key('count'))],
  ['a foreign entry is in its log', (redis, key) => redis.xadd(key('log'), '*', 'colour', 'blue', 'size', '3')],
  [
    'an entry of its log is not JSON',
    async (redis, key) =>
      redis.xadd(key('log'), '*', 'n', await nextNumber(redis, key), 'c', '{"id":"x",', 't', '1', 'v', '2'),
  ],
  [
    'an entry that is counted is not JSON',
    async (redis, key) =>
      redis.xadd(key('log'), '*', 'n', await redis.incr(key('count')), 'c', '{"id":"x",', 't', '1', 'v', '2'),
  ],
  ['its log is emptied', (redis, key) => redis.xtrim(key('log'), 'MAXLEN', 0)],
  [
    'the last entry of its log is deleted',
    async (redis, key) =>
      redis.xdel(key('log'), (await redis.xrevrange(key('log'), '+', '-', 'COUNT', 1))[0]?.[0] ?? ''),
  ],
  ['its log is a text', (redis, key) => redis.set(key('log'), 'x')],
  ['its log is a list', (redis, key) => redis.multi().del(key('log')).rpush(key('log'), 'x').exec()],
  ['its count is a text', (redis, key) => redis.set(key('count'), 'x')],
  ['its count is a list', (redis, key) => redis.multi().del(key('count')).rpush(key('count'), 'x').exec()],
  ['its count is far too great', (redis, key) => redis.set(key('count'), '8999999999999999')],
  ['its count is far too small', (redis, key) => redis.set(key('count'), '7')],
  ['its clock is a text', (redis, key) => redis.set(key('clock'), 'x')],
  ['its clock holds words', (redis, key) => redis.hset(key('clock'), 'time', 'noon', 'wall', 'noon')],
  ['its snapshot is a text', (redis, key) => redis.set(key('snapshot'), 'x')],
  ['its snapshot is not JSON', (redis, key) => redis.hset(key('snapshot'), 'state', '{"epoch":')],
  ['its snapshot lacks its state', (redis, key) => redis.hdel(key('snapshot'), 'state')],
  ['its snapshot lacks its count', (redis, key) => redis.hdel(key('snapshot'), 'count')],
  [
    'its lock is a list',
    (redis, key) => redis.multi().del(key('snapshot-lock')).rpush(key('snapshot-lock'), 'x').exec(),
  ],
  ['everything is flushed', (redis) => redis.flushall()],
];
