import { Cluster, type Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { askServer, PATIENCE, type RedisTopology, type RedisWay, serverArguments } from './redis.js';
import { type RedisServer, startProcess } from './redis-process.js';
import { waitFor } from './waiting.js';

export interface ClusterOptions {
  /** Replicas of each master. @default 0 */
  readonly replicas?: number;
  /** After so many milliseconds without an answer a node counts as down. */
  readonly nodeTimeout?: number;
  /** Arguments of all nodes, such as `--appendonly yes`. */
  readonly args?: readonly string[];
}

/** Three masters, with replicas where asked for. */
export interface RunningCluster extends RedisTopology {
  readonly way: RedisWay & { readonly cluster: readonly { host: string; port: number }[] };
  connect(): Cluster;
  /** Waits until every node that answers finds all slots served. */
  ready(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
const CLUSTERED = [
  '--cluster-enabled yes',
  '--cluster-announce-ip 127.0.0.1',
  // A replica takes over however old its copy is, and stays with its master.
  '--cluster-replica-validity-factor 0',
  '--cluster-allow-replica-migration no',
  // The first copy need not wait for further replicas.
  '--repl-diskless-sync-delay 0',
].flatMap((setting) => setting.split(' '));

/**
 * Starts a cluster on free ports of the loopback interface.
 *
 * @example
 * ```ts
 * const redis = await startCluster({ replicas: 1 });
 * await (await redis.primaryOf('key')).kill();
 * ```
 */
export async function startCluster({
  replicas = 0,
  nodeTimeout = 2000,
  args = [],
}: ClusterOptions = {}): Promise<RunningCluster> {
  const servers: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((each) => each.stop()));
  };
  try {
    const starting = await Promise.allSettled(
      Array.from({ length: MASTERS * (1 + replicas) }, () => startNode(nodeTimeout, args)),
    );
    const nodes = starting.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    servers.push(...nodes.map(({ server }) => server));
    for (const each of starting) if (each.status === 'rejected') throw each.reason;
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return control(servers, stop);
}

interface Node {
  readonly server: RedisServer;
  /** Where nodes talk with each other. */
  readonly bus: number;
}

async function startNode(nodeTimeout: number, args: readonly string[]): Promise<Node> {
  let bus = 0;
  const server = await startProcess({
    args: async (port) => {
      // Not the port plus 10000, which may be taken, or be one that systems give away.
      bus = await freePort();
      return serverArguments(port, [
        ...CLUSTERED,
        '--cluster-port',
        `${bus}`,
        '--cluster-node-timeout',
        `${nodeTimeout}`,
        ...args,
      ]);
    },
  });
  return { server, bus };
}

/** Makes a cluster of nodes that do not know each other. The first ones become masters. */
async function join(nodes: readonly Node[]): Promise<void> {
  const masters = nodes.slice(0, MASTERS);
  // Each an epoch of its own, or they would have to settle whose view counts; a node that knows another takes none.
  for (const [index, { server }] of nodes.entries()) {
    await askServer(server, (node) => node.cluster('SET-CONFIG-EPOCH', index + 1));
  }
  for (const [index, { server }] of nodes.entries()) {
    await askServer(server, async (node) => {
      for (const other of nodes) await node.call('CLUSTER', 'MEET', '127.0.0.1', other.server.port, other.bus);
      if (index >= MASTERS) return;
      const first = Math.round((SLOTS * index) / MASTERS);
      await node.cluster('ADDSLOTSRANGE', first, Math.round((SLOTS * (index + 1)) / MASTERS) - 1);
    });
  }
  await Promise.all(nodes.map(({ server }) => isReady(server, nodes.length)));
  await Promise.all(
    nodes.slice(MASTERS).map(async ({ server }, index) => {
      const master = masters[index % MASTERS] as Node;
      const id = await askServer(master.server, (node) => node.cluster('MYID'));
      await askServer(server, async (node) => {
        await node.cluster('REPLICATE', id);
        await waitFor('a replica', async () => (await node.info('replication')).includes('master_link_status:up'));
      });
    }),
  );
  await Promise.all(
    nodes.map(({ server }) =>
      waitFor('all nodes to know all replicas', async () => {
        const lines = await nodesOf(server);
        return lines.split(/\bslave\b/).length - 1 === nodes.length - MASTERS;
      }),
    ),
  );
}

async function isReady(server: RedisServer, nodes: number): Promise<void> {
  await askServer(server, (node) =>
    waitFor('a node of the cluster to be ready', async () => {
      const about = await node.cluster('INFO');
      return about.includes('cluster_state:ok') && about.includes(`cluster_known_nodes:${nodes}\r`);
    }),
  );
}

function control(servers: RedisServer[], stop: () => Promise<void>): RunningCluster {
  const cluster = servers.map(({ port }) => ({ host: '127.0.0.1', port }));
  const running = (): RedisServer[] => servers.filter(({ answers }) => answers);
  const primaries = async (): Promise<{ server: RedisServer; owned: Owned }[]> => {
    const all = await Promise.all(
      running().map(async (server) => ({
        server,
        owned: ownedBy(await nodesOf(server)),
      })),
    );
    return all.flatMap(({ server, owned }) => (owned ? [{ server, owned }] : []));
  };
  const onPrimaries = async <T>(work: (primary: Redis) => Promise<T>): Promise<T[]> =>
    Promise.all((await primaries()).map(({ server }) => askServer(server, work)));
  return {
    way: { ...PATIENCE, cluster },
    servers,
    // Its timer would go on for ever where it is closed in the middle of a look at the slots. It looks when a node sends it elsewhere.
    connect: () => new Cluster([...cluster], { slotsRefreshInterval: 0 }),
    primaryOf: async (key) => {
      const [witness] = running();
      if (!witness) throw new Error('No node of the cluster runs');
      const slot = Number(await askServer(witness, (node) => node.cluster('KEYSLOT', key)));
      const claims = (await primaries()).filter(({ owned }) =>
        owned.slots.some(([from, to]) => from <= slot && slot <= to),
      );
      // One that was away may not know yet that another has taken over.
      const [newest] = claims.sort((one, other) => other.owned.epoch - one.owned.epoch);
      if (!newest) throw new Error(`No node that answers serves slot ${slot}`);
      return newest.server;
    },
    onPrimaries,
    flushAll: async () => void (await onPrimaries((node) => node.flushall())),
    ready: async () => {
      await Promise.all(running().map((server) => isReady(server, servers.length)));
    },
    stop,
  };
}

async function nodesOf(server: RedisServer): Promise<string> {
  return String(await askServer(server, (node) => node.cluster('NODES')));
}

interface Owned {
  readonly epoch: number;
  readonly slots: readonly (readonly [from: number, to: number])[];
}

/** What a node says of itself: `<id> <address> myself,master - <ping> <pong> <epoch> <link> <from>-<to> …`. */
function ownedBy(lines: string): Owned | undefined {
  const own = lines.split('\n').find((line) => line.includes('myself,master'));
  if (!own) return undefined;
  const [, , , , , , epoch, , ...ranges] = own.trim().split(' ');
  const slots = ranges.map((range) => {
    const [from = '', to = from] = range.split('-');
    return [Number(from), Number(to)] as const;
  });
  return slots.length === 0 ? undefined : { epoch: Number(epoch), slots };
}
