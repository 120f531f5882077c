export { type KeyNames, prefixPattern, taggedKeys } from './keys.js';
export { isOwnKey } from './own-keys.js';
export type { RedisPurpose } from './make-client.js';
export { oneWayToRedis, type RedisClient, type RedisSettings, redisShape } from './redis.options.js';
export { openRedis, RedisConnections } from './redis-connections.js';
export { redisError } from './redis-error.js';
