import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a claim waits so long at most, and what another instance is asked for. */
  commandTimeout: timeoutSchema.default(2000),
  /**
   * How long an instance may be cut off from Redis before its connectors are closed with 1013, and others may serve their
   * sources; after a death their sources are free as soon.
   */
  lease: timeoutSchema.refine((milliseconds) => milliseconds >= 1000, 'must be at least 1 s').default(10_000),
};

export const REDIS_SOURCES_OPTIONS = defineOptions('redisSources', shape, oneWayToRedis);

/** Options of `redisSources()`. */
export interface RedisSourcesOptions extends OptionsOf<typeof shape> {}
export type RedisSourcesSettings = SettingsOf<typeof shape>;
