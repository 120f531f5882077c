export { redisRegistry, type RedisRegistryOptions } from '../stores/redis/index.js';
