import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a request with a key waits so long at most. */
  commandTimeout: timeoutSchema.default(2000),
};

export const REDIS_API_KEYS_OPTIONS = defineOptions('redisApiKeys', shape, oneWayToRedis);

/** Options of `redisApiKeys()`. */
export interface RedisApiKeysOptions extends OptionsOf<typeof shape> {}
export type RedisApiKeysSettings = SettingsOf<typeof shape>;
