import { memoryRegistry, type RegistryDriver } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { HTTP_ADAPTERS, type HttpAdapterName } from '../support/applications.js';
import type { RunningRedis } from '../support/redis.js';

/** Both drivers on both HTTP adapters: every suite of the protocol runs on each. */
export const SETUPS = HTTP_ADAPTERS.flatMap((adapter) =>
  (['memory', 'redis'] as const).map((driver) => ({ adapter, driver })),
) satisfies { adapter: HttpAdapterName; driver: string }[];

let made = 0;

/** A registry that shares nothing with those of other suites. */
export function driverOf(driver: 'memory' | 'redis', redis: RunningRedis): RegistryDriver {
  if (driver === 'memory') return memoryRegistry();
  made += 1;
  return redisRegistry({ url: redis.url, keyPrefix: `suite-${made}` });
}
