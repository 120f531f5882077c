import { countSchema, defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a call waits for Redis before it fails with `UNAVAILABLE`. */
  commandTimeout: timeoutSchema.default(2000),
  /** Commands in the log after which a snapshot takes their place. */
  snapshotEvery: countSchema.default(1000),
  /** How long an instance follows a part of the registry after its last use there. */
  idleTimeout: timeoutSchema.default(60_000),
};

/** @internal */
export const REDIS_REGISTRY_OPTIONS = defineOptions('redisRegistry', shape, oneWayToRedis);

/** Options of `redisRegistry()`. */
export interface RedisRegistryOptions extends OptionsOf<typeof shape> {}
export type RedisRegistrySettings = SettingsOf<typeof shape>;
