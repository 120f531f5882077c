import { redisApiKeys, redisTokenRevocations } from '@millrace/auth/redis';
import { makeRevocation } from '@millrace/accounts/tokens';
import { storedApiKey } from '@millrace/auth/testing';
import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { BullMqOutbox } from '@millrace/connector/bullmq';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { Millrace } from '../cli/support/millrace.js';
import { RegistryClient, wire } from '../connectivity/registry-client.js';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { surfacesOf } from './support/surfaces.js';

const PATIENCE = '30s';
const X = [Buffer.from('x')];

/** Of modules on the same Redis. */
const PREFIXES = ['', 'b:'];
/** Streams of users, which every store may list that has a prefix of theirs. */
const STREAMS = ['good', 'b:good', 'b:camera', 'millrace:good', '{millgood', 'bullgood'];

describe('Keys that Millrace itself keeps in a Redis of streams', () => {
  const millrace = new Millrace();
  let redis: RunningRedis;
  let control: Redis;
  let registry: RunningApplication;
  let connections: RegistryClient;
  /** Every key of ours that is not a stream of users. */
  let own: string[];

  const outboxes = (): BullMqOutbox[] => {
    const connection = { host: '127.0.0.1', port: redis.port };
    return [new BullMqOutbox({ connection }), new BullMqOutbox({ connection, prefix: '{millrace:outbox}' })];
  };
  /** With the prefixes of the streams of other programs, too. */
  const stores = (keyPrefix: string) => {
    const options = { ...redis.way, commandTimeout: PATIENCE, keyPrefix };
    return [redisApiKeys(options), redisTokenRevocations(options)] as const;
  };
  const keysNow = async (): Promise<string[]> =>
    (await control.keys('*')).filter((key) => !STREAMS.includes(key)).sort();
  const typesOf = (keys: string[]): Promise<string[]> => Promise.all(keys.map((key) => control.type(key)));

  beforeAll(async () => {
    redis = await startRedis();
    control = new Redis(redis.url);
    const { url } = redis;
    registry = await startApplication([
      ConnectivityModule.forRoot({
        registry: redisRegistry({ url, commandTimeout: PATIENCE, snapshotEvery: 2 }),
        ttl: '1h',
      }),
    ]);
    connections = new RegistryClient(registry.url);
    for (const uid of ['a', 'b', 'c']) await connections.publish('p', [wire(uid)]);
    for (const keyPrefix of PREFIXES) {
      const [keys, revocations] = stores(keyPrefix);
      await keys.add(storedApiKey());
      await revocations.add(makeRevocation({ user: 'alice' }, null));
      await Promise.all([keys.close?.(), revocations.close?.()]);
    }
    for (const outbox of outboxes()) {
      const queue = await outbox.open('thermostat');
      await queue.append({ id: '1:1', object: '{}' });
      await queue.close();
    }
    for (const keyPrefix of PREFIXES) {
      const store = await redisStore({ url, keyPrefix, commandTimeout: PATIENCE }).create(storeContext());
      await store.append('camera', X, { owner: 'ann' });
      await store.append('gone', X, { owner: 'ann' });
      await store.delete(['gone']);
      if (keyPrefix === '') await store.delete(['camera']);
      await store.setMetadata('camera', { kept: true });
      await store.groups.open('camera', 'group', { after: '5-5' });
      await store.close();
    }
    own = await keysNow();
    for (const key of STREAMS.slice(3)) await control.xadd(key, '*', 'd', 'kept');
  });
  afterAll(async () => {
    millrace.remove();
    await registry.close();
    control.disconnect();
    await redis.stop();
  });

  describe.each([
    ['', 20],
    ['b:', 5],
    ['millrace:', 4],
    ['{mill', 4],
    ['bull', 3],
  ])('to a store with the keyPrefix %j', (keyPrefix, expected) => {
    let running: RunningApplication;
    let store: StreamStore;
    beforeAll(async () => {
      const driver = redisStore({ ...redis.way, keyPrefix, commandTimeout: PATIENCE });
      running = await startApplication([StreamStoreModule.forRoot({ store: driver, public: true })]);
      store = running.app.get(StreamStore);
      await store.append('good', X);
    });
    afterAll(() => running.close());

    it('stream-store#67: cannot be named on any surface, and stay what they are', async () => {
      const names = own.filter((key) => key.startsWith(keyPrefix)).map((key) => key.slice(keyPrefix.length));
      expect(names.length).toBeGreaterThanOrEqual(expected);
      const types = await typesOf(own);
      const { length } = await store.readNewest('good', 10);
      const surfaces = Object.entries(surfacesOf(running, millrace, 'good'));
      for (const name of names) {
        for (const [surface, ask] of surfaces) {
          const { status = 422, close = 1008, code = 'INVALID', exit = 1, text } = await ask(name);
          expect([surface, name, status === 400 ? 422 : status, close, code]).toEqual([
            surface,
            name,
            422,
            1008,
            'INVALID',
          ]);
          expect([surface, name, exit]).not.toEqual([surface, name, 0]);
          expect([surface, text]).toEqual([surface, expect.stringContaining('is not a valid stream name')]);
        }
      }
      expect(await typesOf(own)).toEqual(types);
      expect(await store.readNewest('good', 10)).toHaveLength(length);
    });

    it('stream-store#67: are in no list', async () => {
      const visible = STREAMS.filter((key) => key.startsWith(keyPrefix)).map((key) => key.slice(keyPrefix.length));
      expect(visible).toEqual(expect.arrayContaining(await store.list()));
      expect(await store.list()).toContain('good');
      const listed = (await (await fetch(`${running.url}/streams?info=true`)).json()) as { sid: string }[];
      expect(listed.map(({ sid }) => sid)).toEqual(await store.list());
    });
  });

  it('serve their modules as before', async () => {
    await connections.publish('p', [wire('d')]);
    expect(await connections.names('p', '.*')).toEqual(['a', 'b', 'c', 'd']);
    for (const kept of PREFIXES.flatMap((keyPrefix) => [...stores(keyPrefix)])) {
      expect(await kept.list()).toHaveLength(1);
      await kept.close?.();
    }
    for (const outbox of outboxes()) {
      const queue = await outbox.open('thermostat');
      expect(await queue.read(10)).toEqual([{ id: '1:1', object: '{}' }]);
      await queue.close();
    }
    const store = await redisStore({ ...redis.way, keyPrefix: 'b:', commandTimeout: PATIENCE }).create(storeContext());
    expect(await store.metadata('camera')).toEqual({ kept: true });
    expect(await store.groups.describe('camera', 'group')).toMatchObject({ last: '5-5' });
    await store.close();
  });
});

it('stream-store#67: names that hold the beginning of such keys are refused in a store without Redis too', async () => {
  const millrace = new Millrace();
  const running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore(), public: true })]);
  const surfaces = Object.entries(surfacesOf(running, millrace, 'good'));
  for (const name of ['{millrace:connectivity}:log', 'a{millrace:b', 'XMETA:good', 'millrace:removals']) {
    // What only reads by a call is told that there is nothing.
    for (const [surface, ask] of surfaces.filter(([each]) => !/^(read|last|describe|delete)/.test(each)))
      expect([surface, (await ask(name)).text]).toEqual([
        surface,
        expect.stringContaining('is not a valid stream name'),
      ]);
  }
  expect(await running.app.get(StreamStore).list()).toEqual([]);
  millrace.remove();
  await running.close();
});

it.each([
  '{millrace:connectivity}:',
  'app:{millrace:',
  'XMETA:',
  'b:XMETA:',
  'millrace:floor:',
  'millrace:removals',
  'x-millrace:{owners}:',
  'millrace:group:',
  'millrace:producer:',
  'millrace:producers:',
  'millrace:positions:',
  'bull:millrace-outbox-',
])('stream-store#67: redisStore refuses the keyPrefix %j, which looks like a key of ours', (keyPrefix) => {
  expect(() => redisStore({ keyPrefix })).toThrow(/keyPrefix.*looks like a key that Millrace itself keeps/);
});

it.each(['', 'millrace:', '{mill', 'b:', 'millrace-', 'XMET', 'bull:millrace'])(
  'stream-store#67: redisStore takes the keyPrefix %j',
  (keyPrefix) => {
    expect(() => redisStore({ keyPrefix })).not.toThrow();
  },
);
