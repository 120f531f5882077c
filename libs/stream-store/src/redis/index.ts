export { redisStore, type RedisClient, type RedisStoreOptions } from '../stores/redis/index.js';
