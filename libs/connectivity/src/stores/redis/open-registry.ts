import { openRedis } from '@millrace/core/redis';
import type { RegistrySettings } from '../../api/registry-driver.js';
import { RedisRegistry } from './redis-registry.js';
import type { RedisRegistrySettings } from './redis-registry.options.js';

/** While Redis is away, calls wait for it; each has a deadline of its own. */
const PATIENT = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: true,
  commandTimeout: undefined,
};

/** Opens the connections, and a registry that follows its log. @throws MillraceError `UNAVAILABLE`; nothing is left open then */
export async function openRegistry(redis: RedisRegistrySettings, settings: RegistrySettings): Promise<RedisRegistry> {
  const connections = await openRedis('The registry', redis, {
    commands: { settings: PATIENT },
    tail: { blocking: true, settings: PATIENT },
  });
  const registry = new RedisRegistry(settings, connections, redis);
  try {
    return await registry.start();
  } catch (error) {
    await registry.close();
    throw error;
  }
}
