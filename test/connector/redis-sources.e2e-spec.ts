import { redisSources } from '@millrace/connector/redis';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { BOTH_HTTP_ADAPTERS } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { type RunningHub, startHub } from './support/hub.js';

const DOCUMENTS = '{millrace:sources}:documents';

const ask = async ({ url }: RunningHub, method: string, path = '', body?: object): Promise<[number, unknown]> => {
  const answer = await fetch(`${url}/sources${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return [answer.status, text === '' ? undefined : JSON.parse(text)];
};

describe('Sources in Redis', () => {
  let redis: RunningRedis;
  let client: Redis;
  let hubs: readonly RunningHub[];
  suiteRedis((started) => void ({ redis, client } = started));
  beforeAll(async () => {
    hubs = await Promise.all(
      BOTH_HTTP_ADAPTERS.map((adapter) =>
        startHub({ store: redisSources({ ...redis.way, commandTimeout: '30s' }), public: true }, { adapter }),
      ),
    );
  });
  afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

  it('are the same at every instance, however they are changed, and so is what connectors get', async () => {
    const [one, two] = hubs as [RunningHub, RunningHub];
    for (const [here, there] of [
      [one, two],
      [two, one],
    ] as const) {
      expect(await ask(here, 'PUT', '/oven', { room: 'kitchen' })).toEqual([204, undefined]);
      expect(await ask(there, 'GET', '/oven')).toMatchObject([200, { configuration: { room: 'kitchen' } }]);
      const [, listed] = await ask(there, 'GET');
      expect((listed as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b', 'oven']);
      const connector = await there.open('oven');
      await connector.validate();
      expect(await connector.claim()).toMatchObject({ object: { config: { room: 'kitchen' } } });
      await connector.close();
      expect(await ask(here, 'DELETE', '/oven')).toEqual([204, undefined]);
      expect(await ask(there, 'GET', '/oven')).toMatchObject([404, { detail: expect.anything() }]);
      expect(await ask(there, 'DELETE', '/oven')).toMatchObject([404, { detail: expect.anything() }]);
    }
  });

  it('keep at a start the documents that are there', async () => {
    const [one] = hubs as [RunningHub, RunningHub];
    await ask(one, 'PUT', '/a', { room: 'changed' });
    const late = await startHub({ store: redisSources({ ...redis.way, commandTimeout: '30s' }), public: true });
    expect(await ask(late, 'GET', '/a')).toMatchObject([200, { configuration: { room: 'changed' } }]);
    await late.close();
  });

  it('do not have a name that is no text, which Redis would keep as another one', async () => {
    const store = redisSources({ client });
    await store.put('\ufffd', { theirs: true });
    await expect(store.put('\ud800', {})).rejects.toMatchObject({ code: 'INVALID' });
    expect(await store.get('\ud800')).toBeUndefined();
    expect(await store.delete('\ud800')).toBe(false);
    expect(await store.get('\ufffd')).toEqual({ theirs: true });
    await store.delete('\ufffd');
    await store.close?.();
  });

  it.each(['[1]', 'null', 'password=secret', ''])(
    'with the document %j fail alone, without quoting it',
    async (text) => {
      const [one] = hubs as [RunningHub, RunningHub];
      const store = redisSources({ client });
      await client.hset(DOCUMENTS, 'damaged', text);
      const message = `The document of the source "damaged" in Redis, in the hash ${DOCUMENTS}, is not a JSON object; put another in its place, or take it out by HDEL`;
      await expect(store.get('damaged')).rejects.toThrow(new Error(message));
      await store.close?.();
      expect((await ask(one, 'GET', '/damaged'))[0]).toBe(500);
      expect((await ask(one, 'GET', '/a'))[0]).toBe(200);
      expect(await ask(one, 'PUT', '/damaged', {})).toEqual([204, undefined]);
      expect(await ask(one, 'DELETE', '/damaged')).toEqual([204, undefined]);
    },
  );
});

it('A Redis that is away is told to callers and connectors, who come back; a connector that is served goes on', async () => {
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  const lines: string[] = [];
  const note = (message: unknown): void => void lines.push(String(message));
  Logger.overrideLogger({ log: () => undefined, warn: note, error: note });
  const running = await startHub({ store: redisSources({ ...redis.way, commandTimeout: '300ms' }), public: true });
  try {
    const served = await running.connect('a');
    const late = await running.open('b');
    await late.validate();
    await redis.kill();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/a'],
      ['PUT', '/a'],
      ['DELETE', '/b'],
      ['POST', '/b/query'],
    ] as const) {
      expect(await ask(running, method, path, method === 'GET' ? undefined : {})).toMatchObject([
        503,
        { detail: 'The store of sources cannot reach Redis; try again later' },
      ]);
    }
    late.sendClaim();
    expect(await late.closed).toEqual({ code: 1013, reason: expect.stringContaining('The store of sources cannot') });
    await running.hub.publish('a', { still: 'there' });
    expect(await served.next()).toMatchObject({ op: 'publish', object: { still: 'there' } });
    await redis.restart();
    await waitFor('the document', async () => (await ask(running, 'GET', '/a'))[0] === 200);
    const again = await running.connect('b');
    await Promise.all([again.close(), served.close()]);
  } finally {
    Logger.overrideLogger(false);
    await running.close();
    await redis.stop();
  }
  expect(lines.filter((line) => line.includes('A session failed'))).toEqual([]);
});
