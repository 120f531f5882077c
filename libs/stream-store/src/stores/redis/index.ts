export { redisStore } from './redis-driver.js';
export type { RedisStoreOptions } from './redis.options.js';
