import type { RedisServer } from '../../support/redis-process.js';
import { askServer } from '../../support/redis.js';
import type { RunningCluster } from '../../support/redis-cluster.js';

/** Moves the slot of a key to another master, with all that lies in it, as an operator would. @returns the new master */
export async function moveSlot(redis: RunningCluster, key: string): Promise<RedisServer> {
  const from = await redis.primaryOf(key);
  const to = redis.servers.find((server) => server !== from) as RedisServer;
  const slot = await askServer(from, (node) => node.cluster('KEYSLOT', key));
  const [fromId, toId] = await Promise.all(
    [from, to].map((server) => askServer(server, (node) => node.cluster('MYID'))),
  );
  await askServer(to, (node) => node.cluster('SETSLOT', slot, 'IMPORTING', fromId as string));
  await askServer(from, async (node) => {
    await node.cluster('SETSLOT', slot, 'MIGRATING', toId as string);
    for (;;) {
      const keys = await node.cluster('GETKEYSINSLOT', slot, 100);
      if (keys.length === 0) break;
      await node.call('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
    }
  });
  // The new one first: the slot must not be without a master.
  for (const server of [to, from, ...redis.servers.filter((each) => each !== to && each !== from)])
    await askServer(server, (node) => node.cluster('SETSLOT', slot, 'NODE', toId as string));
  return to;
}
