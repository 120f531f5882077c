import { ApiKeyService, AuthModule, TokenService } from '@millrace/auth';
import { redisApiKeys, redisTokenRevocations } from '@millrace/auth/redis';
import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { OnEntry, StreamConsumer, type StoredEntry, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { SECRET } from '../auth/support/places.js';
import { brief, EventReader } from '../connectivity/event-reader.js';
import { RegistryClient, wire } from '../connectivity/registry-client.js';
import { READERS } from '../stream-store/support/readers.js';
import {
  BOTH_HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
} from '../support/applications.js';
import type { RedisTopology } from '../support/redis.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';

describe.each(TOPOLOGIES)('Two instances on $topology', ({ start }) => {
  let redis: RedisTopology;
  let one: RunningApplication;
  let two: RunningApplication;
  let key: string;
  let keyId: string;
  const consumed: string[] = [];

  beforeAll(async () => {
    redis = await start();
    [one, two] = (await Promise.all(BOTH_HTTP_ADAPTERS.map((adapter) => startInstance(adapter)))) as [
      RunningApplication,
      RunningApplication,
    ];
    ({
      key,
      record: { id: keyId },
    } = await one.app.get(ApiKeyService).create({ name: 'all', scopes: ['*'] }));
  });
  afterAll(async () => {
    await Promise.all([one, two].map((each) => each.close()));
    await redis.stop();
  });

  function startInstance(adapter: HttpAdapterName, registry: object = {}): Promise<RunningApplication> {
    const way = { ...redis.way, commandTimeout: PATIENCE };
    @StreamConsumer('consumed', { group: adapter, after: '0' })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        consumed.push(`${adapter}:${data.toString()}`);
      }
    }
    const modules = [
      AuthModule.forRoot({
        jwt: { secret: SECRET },
        throttle: false,
        apiKeys: { store: redisApiKeys(way), trustProxy: ['127.0.0.1'], recheckInterval: '1s' },
        revocations: { store: redisTokenRevocations(way) },
      }),
      StreamStoreModule.forRoot({ store: redisStore(way) }),
      ConnectivityModule.forRoot({ registry: redisRegistry({ ...way, snapshotEvery: 20, ...registry }), ttl: '1h' }),
      { module: class ConsumerModule {}, providers: [Consumer] },
    ];
    return startApplication(modules, { adapter });
  }

  /** As through a proxy that takes TLS: keys are accepted only on secure connections. */
  const bearer = (token = key): { headers: Record<string, string> } => ({
    headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-Proto': 'https' },
  });
  const statusAt = async ({ url }: RunningApplication, token: string): Promise<number> =>
    (await fetch(`${url}/streams`, bearer(token))).status;

  describe('streams', () => {
    async function push(at: RunningApplication, stream: string, values: readonly number[]): Promise<void> {
      const socket = await SocketClient.open(`${at.wsUrl}/data/${stream}/push?ack=true`, bearer());
      for (const value of values) socket.send(Buffer.from(String(value)));
      for (const _value of values) await socket.next();
      await socket.close();
    }

    it.each(Object.entries(READERS))('pushed at one are followed at the other by %s', async (surface, readBy) => {
      const streams = ['a', 'b', 'c'].map((name) => `${surface.replaceAll(' ', '-')}-${name}`);
      const reading = readBy({ at: two, ...bearer() }, streams.join('+'), '0+0+0', 6);
      // What is there is answered at once by what does not wait.
      const waits = surface !== 'read' && surface !== 'long poll';
      for (const stream of streams) await push(one, stream, [1, 2]);
      const heard = waits
        ? await reading
        : [...(await reading), ...(await readBy({ at: two, ...bearer() }, streams.join('+'), '0+0+0', 6))];
      for (const stream of streams) {
        expect(heard.filter((each) => each.startsWith(`${stream}=`)).slice(-2)).toEqual([`${stream}=1`, `${stream}=2`]);
      }
      if (waits) expect(heard).toHaveLength(6);
    });

    it('pushed at both in turn come to a puller at each in one order', async () => {
      const pullers = await Promise.all(
        [one, two].map((at) =>
          SocketClient.open(`${at.wsUrl}/data/turns/pull?onebyone=true&last_entry_id=0`, bearer()),
        ),
      );
      const pushers = await Promise.all(
        [one, two].map((at) => SocketClient.open(`${at.wsUrl}/data/turns/push?ack=true`, bearer())),
      );
      const values = Array.from({ length: 40 }, (_unused, index) => String(index));
      for (const [index, value] of values.entries()) {
        const pusher = pushers[index % 2] as SocketClient;
        pusher.send(Buffer.from(value));
        await pusher.next();
      }
      for (const puller of pullers) {
        await waitFor('all entries', () => puller.frames.length === 2 * values.length);
        const blobs = puller.frames.filter(({ isBinary }) => isBinary);
        expect(blobs.map(({ data }) => data.toString())).toEqual(values);
      }
      await Promise.all([...pullers, ...pushers].map((socket) => socket.close()));
    });

    it('pushed at one come to the consumers of both', async () => {
      await push(one, 'consumed', [1, 2]);
      const of = (adapter: string): string[] => consumed.filter((each) => each.startsWith(adapter));
      await waitFor('both consumers', () => consumed.length === 4);
      for (const adapter of BOTH_HTTP_ADAPTERS) expect(of(adapter)).toEqual([`${adapter}:1`, `${adapter}:2`]);
    });

    it('deleted at one are gone at the other, whose pullers get what they begin anew with', async () => {
      await push(one, 'again', [1]);
      const puller = await SocketClient.open(`${two.wsUrl}/data/again/pull?gaps=true&last_entry_id=0`, bearer());
      await puller.next();
      expect((await puller.next()).data.toString()).toBe('1');
      const path = `/streams/again`;
      const gone = await fetch(`${one.url}${path}`, { method: 'DELETE', ...bearer() });
      expect(gone.status).toBe(200);
      const names = await (await fetch(`${two.url}/streams`, bearer())).json();
      expect(JSON.stringify(names)).not.toContain('"again"');
      await push(one, 'again', [2]);
      expect(await puller.nextText()).toContain('"gap"');
      await puller.next();
      expect((await puller.next()).data.toString()).toBe('2');
      await puller.close();
    });
  });

  describe('connections', () => {
    const sides = () => [one, two].map(({ url }) => new RegistryClient(url)) as [RegistryClient, RegistryClient];
    const names = async (at: RegistryClient, partition: string, pattern = '.*'): Promise<string[]> => {
      const { text } = await at.lookup(partition, pattern, 'T', bearer().headers);
      return (JSON.parse(text) as { uid: string }[]).map(({ uid }) => uid);
    };

    it('are known at once at the other, and a watcher of one goes on at the other', async () => {
      const [first, second] = sides();
      const { headers } = bearer();
      const watch = await EventReader.open(`${one.url}/connections/p/watch`, headers);
      await waitFor('the set', () => watch.events.length === 1);
      for (let round = 0; round < 30; round += 1) {
        expect((await first.publish('p', [wire(`a${round}`)], headers)).status).toBe(200);
        expect(await names(second, 'p', `a${round}`)).toEqual([`a${round}`]);
      }
      await waitFor('all changes', () => watch.events.length === 31);
      watch.stop();
      expect((await second.retract('p', ['a0'], headers)).status).toBe(200);
      const resumed = await EventReader.open(`${two.url}/connections/p/watch?after=${watch.ids[30] ?? ''}`, headers);
      await waitFor('what was missed', () => resumed.events.length === 1);
      expect(resumed.events.map(brief)).toEqual(['retracted a0']);
      resumed.stop();
    });

    it('show every change once under 8 publishers at both, also to a watcher that is cut and goes on at the other', async () => {
      const clients = sides();
      const { headers } = bearer();
      const path = '/connections/both/watch';
      const [steady, cut] = [
        await EventReader.open(`${two.url}${path}`, headers),
        await EventReader.open(`${one.url}${path}`, headers),
      ];
      await waitFor('both sets', () => steady.events.length === 1 && cut.events.length === 1);
      const publish = async (who: number): Promise<void> => {
        for (let round = 0; round < 15; round += 1) {
          const client = clients[(who + round) % 2] as RegistryClient;
          expect((await client.publish('both', [wire(`${who}-${round}`)], headers)).status).toBe(200);
          await names(client, 'both');
        }
      };
      const publishing = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publish));
      await waitFor('some changes', () => cut.events.length > 20);
      cut.stop();
      const seen = cut.events.length;
      const resumed = await EventReader.open(`${two.url}${path}`, {
        ...headers,
        'Last-Event-ID': cut.ids[seen - 1] ?? '',
      });
      await publishing;
      await waitFor('all changes', () => steady.events.length === 121 && seen + resumed.events.length === 121);
      const changes = steady.events.slice(1).map(brief);
      expect(changes.every((change) => change.startsWith('published '))).toBe(true);
      expect(new Set(changes).size).toBe(120);
      expect([...cut.events.slice(1, seen), ...resumed.events].map(brief)).toEqual(changes);
      steady.stop();
      resumed.stop();
    });

    it('are there for an instance that starts later, from a snapshot and in their order', async () => {
      const [first] = sides();
      const late = await startInstance('fastify');
      const expected = await names(first, 'p');
      expect(expected).toHaveLength(29);
      expect(await names(new RegistryClient(late.url), 'p')).toEqual(expected);
      await late.close();
    });
  });

  describe('callers', () => {
    it('come in at the other by a key made at one, until it is revoked there; what it had open is closed', async () => {
      const made = await one.app.get(ApiKeyService).create({ name: 'short', scopes: ['*'] });
      expect(await statusAt(two, made.key)).toBe(200);
      const keys = one.app.get(ApiKeyService);
      const socket = await SocketClient.open(`${two.wsUrl}/data/x/pull`, bearer(made.key));
      expect(await keys.revoke(made.record.id)).toBe(true);
      expect(await statusAt(two, made.key)).toBe(401);
      expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key was revoked' });
      // The one that the other tests use is still there, and its use at either is known at both.
      expect(await statusAt(two, key)).toBe(200);
      for (const { app } of [one, two]) {
        const lastUse = async () => (await app.get(ApiKeyService).list()).find(({ id }) => id === keyId)?.lastUsed;
        await waitFor('the last use', lastUse);
      }
    });

    it('are out at both once their tokens are revoked, and their next login counts at both', async () => {
      const tokens = one.app.get(TokenService);
      const alice = { name: 'alice', scopes: ['*'] };
      const [first, other, bob] = [
        tokens.issue(alice),
        tokens.issue(alice),
        tokens.issue({ name: 'bob', scopes: ['*'] }),
      ];
      const socket = await SocketClient.open(`${two.wsUrl}/data/x/pull`, bearer(other.token));
      const ofBob = await SocketClient.open(`${two.wsUrl}/data/x/pull`, bearer(bob.token));
      await tokens.revoke(first.token);
      expect(await statusAt(one, first.token)).toBe(401);
      await waitFor('the other instance', async () => (await statusAt(two, first.token)) === 401);
      expect(await statusAt(two, other.token)).toBe(200);
      await tokens.revokeTokensOf('alice');
      expect(await socket.closed).toEqual({ code: 3000, reason: 'The token was revoked' });
      expect(await statusAt(two, other.token)).toBe(401);
      // An instance that has not looked since, with a login at once.
      await tokens.revokeTokensOf('alice');
      const again = await two.app.get(TokenService).issueTo(async () => alice);
      for (const at of [one, two]) expect(await statusAt(at, again?.token ?? '')).toBe(200);
      expect(ofBob.ws.readyState).toBe(ofBob.ws.OPEN);
      await ofBob.close();
    });
  });
});
