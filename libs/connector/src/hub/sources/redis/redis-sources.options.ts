import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a claim waits so long at most. */
  commandTimeout: timeoutSchema.default(2000),
};

export const REDIS_SOURCES_OPTIONS = defineOptions('redisSources', shape, oneWayToRedis);

/** Options of `redisSources()`. */
export interface RedisSourcesOptions extends OptionsOf<typeof shape> {}
export type RedisSourcesSettings = SettingsOf<typeof shape>;
