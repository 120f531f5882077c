import { connect } from '@millrace/client';
import { Logger } from '@nestjs/common';
import { LoadBalancer } from '../support/load-balancer.js';
import { startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import { login } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { RollingClient } from './support/rolling-client.js';
import {
  type Instance,
  type InstanceStart,
  startExpressInstance,
  startReferenceInstance,
} from './support/rolling-instances.js';

jest.setTimeout(300_000);
// Connectors say at each restart that they lost their hub.
beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

const CLIENTS = 20;
/** Calls of each client between two restarts. */
const CALLS = 10;

/** The second round restarts those that came in the first, which is the same on any Redis and any framework. */
const SETUPS = [
  {
    service: 'the reference application, on one Redis',
    start: startReferenceInstance,
    startStore: () => startRedis(),
    rounds: 2,
  },
  {
    service: 'the reference application, on a cluster',
    start: startReferenceInstance,
    startStore: () => startCluster({ replicas: 0 }),
    rounds: 1,
  },
  {
    service: 'a host on Express, on one Redis',
    start: startExpressInstance,
    startStore: () => startRedis(),
    rounds: 1,
  },
];

describe.each(SETUPS)('A rolling restart of $service', ({ start, startStore, rounds }) => {
  it('lets no call of any client fail, loses nothing, does nothing twice, and costs each client one reconnect', async () => {
    const redis = await startStore();
    const instances: Instance[] = await Promise.all([start(redis.way), start(redis.way)]);
    const balancer = await LoadBalancer.start(instances.map(({ port }) => port));
    let clients: RollingClient[] = [];
    try {
      await waitFor('both instances', () => instances.every(({ port }) => balancer.isReady(port)));
      const token = start === startReferenceInstance ? await login(balancer.url) : 'any';
      clients = await Promise.all(
        Array.from({ length: CLIENTS }, (_unused, index) => RollingClient.start(`c${index}`, balancer.url, token)),
      );
      const work = (): number[] => clients.map(({ calls }) => calls);
      const progress = async (): Promise<void> => {
        const before = work();
        await waitFor('work of all clients', () =>
          work().every((calls, index) => calls > (before[index] ?? 0) + CALLS || failed(clients)),
        );
      };
      await progress();
      for (let round = 0; round < rounds; round += 1)
        for (const index of instances.keys()) {
          await restart(instances, index, balancer, () => start(redis.way));
          await progress();
        }
      await Promise.all(clients.map((client) => client.stop()));
      expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
      expect(balancer.refused).toBe(0);
      const restarts = rounds * instances.length;
      for (const { pushed, pulled, notified, name, dialled, claims, slowCalls, published, received } of clients) {
        expect(pulled).toEqual(pushed);
        expect(received).toEqual(published);
        expect(await notificationsOf(name, balancer.url)).toEqual(notified);
        for (const [path, count] of dialled) expect([path, count, count <= 1 + restarts]).toEqual([path, count, true]);
        expect(claims).toBeLessThanOrEqual(1 + restarts);
        expect(slowCalls).toBeGreaterThan(restarts);
      }
    } finally {
      await Promise.all(clients.map((client) => client.abandon()));
      await balancer.close();
      await Promise.all(instances.map((instance) => instance.stop()));
      await redis.stop();
    }
  });
});

const failed = (clients: readonly RollingClient[]): boolean => clients.some(({ failures }) => failures.length > 0);

async function restart(
  instances: Instance[],
  index: number,
  balancer: LoadBalancer,
  start: () => ReturnType<InstanceStart>,
): Promise<void> {
  const instance = instances[index] as Instance;
  const code = await instance.stop();
  expect([code, instance.output()]).toEqual([0, expect.not.stringContaining('Still busy')]);
  balancer.targets.delete(instance.port);
  const next = (instances[index] = await start());
  balancer.targets.add(next.port);
  await waitFor('the new instance', () => balancer.isReady(next.port));
}

/** What of the notifications of a source came into its stream. */
async function notificationsOf(source: string, url: string): Promise<number[]> {
  const millrace = await connect(url);
  const found: number[] = [];
  for await (const { data } of millrace.stream(`source:${source}`).pull({ after: '0', follow: false }))
    found.push((JSON.parse(Buffer.from(data).toString()) as { count: number }).count);
  await millrace.close();
  return found;
}
