import { defineOptions, type OptionsOf } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = redisShape();

/** @internal */
export const REDIS_STORE_OPTIONS = defineOptions('redisStore', shape, oneWayToRedis);

export interface RedisStoreOptions extends OptionsOf<typeof shape> {}
