import { createServer, connect, type Server } from 'node:net';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { type RunningRedis, askServer, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';

/** Hands on what a Redis says, but for its version. */
class OlderRedis {
  /** Of the Redis; it may be known later than the port here. */
  target = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(version: string): Promise<OlderRedis> {
    const server = createServer((near) => {
      const far = connect(older.target, '127.0.0.1');
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.pipe(far);
      far.on('data', (data: Buffer) => {
        // As long as the other, for the length of the answer stands in front of it.
        const said = data
          .toString('latin1')
          .replace(/redis_version:([\d.]+)/, (line) => `redis_version:${version}`.padEnd(line.length, '0'));
        near.write(Buffer.from(said, 'latin1'));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const older: OlderRedis = new OlderRedis(server, (server.address() as { port: number }).port);
    return older;
  }

  stop(): void {
    this.server.close();
  }
}

describe('A Redis that is too old', () => {
  const servers: { stop(): unknown }[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((each) => each.stop())));

  const started = async (version: string, ...args: string[]): Promise<{ older: OlderRedis; redis: RunningRedis }> => {
    const older = await OlderRedis.start(version);
    const redis = await startRedis(args.map((arg) => arg.replace('<port>', String(older.port))));
    older.target = redis.port;
    servers.push(older, redis);
    return { older, redis };
  };
  const CLUSTERED = [
    '--cluster-enabled',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
    '--cluster-announce-port',
    '<port>',
  ];
  const clustered = async (version: string): Promise<OlderRedis> => {
    const { older, redis } = await started(version, ...CLUSTERED);
    await askServer(redis, async (node) => {
      await node.cluster('ADDSLOTSRANGE', 0, 16_383);
      await waitFor('the cluster', async () => (await node.cluster('INFO')).includes('cluster_state:ok'));
    });
    return older;
  };

  it.each(['6.0.16', '5.0.10'])('stops the start with its version, and leaves nothing open: %s', async (version) => {
    const { older, redis } = await started(version);
    await expect(redisStore({ url: `redis://127.0.0.1:${older.port}` }).create(storeContext())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        new RegExp(`needs Redis 6\\.2 or later, and found ${version.replace('.', '\\.')}`),
      ),
    });
    await waitFor('no other connection', () =>
      askServer(
        redis,
        async (node) =>
          String(await node.client('LIST'))
            .trim()
            .split('\n').length === 1,
      ),
    );
  });

  it('in a cluster is one below 7', async () => {
    const { port } = await clustered('6.2.14');
    const opening = redisStore({ cluster: [{ host: '127.0.0.1', port }] }).create(storeContext());
    await expect(opening).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('needs Redis 7.0 or later in a cluster, and found 6.2.14'),
    });
  });

  it('is none from 6.2 on, and in a cluster from 7 on', async () => {
    const { older } = await started('6.2.14');
    const store = await redisStore({ url: `redis://127.0.0.1:${older.port}` }).create(storeContext());
    expect(await store.append('s', [Buffer.from('x')])).toHaveLength(1);
    await store.close();
    const { port } = await clustered('7.0.00');
    const other = await redisStore({ cluster: [{ host: '127.0.0.1', port }] }).create(storeContext());
    expect(await other.append('s', [Buffer.from('x')])).toHaveLength(1);
    await other.close();
  });
});
