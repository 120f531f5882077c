/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import { Logger, Module } from '@nestjs/common';
import { makeApiKey } from '@millrace/accounts/keys';
import { type ApiKeyStore, AuthModule, type TokenRevocations, type UserStore } from '@millrace/auth';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { memoryStore, OnEntry, OnGap, StreamConsumer, StreamStoreModule } from '@millrace/stream-store';
import { Registry } from 'prom-client';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';
import {
  answered,
  changed,
  KeptErrors,
  made,
  PlacesModule,
  REFUSED,
  type StoreContext,
} from './support/throwing-places.js';

// Jest fails a test during which a rejection or an error reaches the process.

describe.each(BOTH_HTTP_ADAPTERS)('On %s, whatever', (adapter) => {
  const logger = new KeptErrors();
  const inApplication = async (
    imports: Parameters<typeof startApplication>[0],
    use: (running: RunningApplication) => Promise<void>,
  ): Promise<void> => {
    const running = await startApplication(imports, { adapter, logger });
    try {
      await use(running);
    } finally {
      await running.close();
    }
  };

  it.each([
    ['throws', false],
    ['rejects with', true],
  ])('a store of users or of API keys %s, is the internal error of its own call', (_how, later) => {
    let due: unknown;
    const fail = (): Promise<never> => {
      if (later) return Promise.reject(due);
      throw due;
    };
    const users = { verify: fail } as unknown as UserStore;
    const keys = { find: fail, list: async () => [], touch: async () => undefined } as unknown as ApiKeyStore;
    const auth = AuthModule.forRoot({
      jwt: { secret: 'a secret for tests, long enough for production' },
      users,
      apiKeys: { store: keys, trustProxy: 'loopback' },
      throttle: false,
    });
    const key = 'mr_000000000000_0000000000000000000000000000000000000000000';
    return inApplication([auth, StreamStoreModule.forRoot({ store: memoryStore() })], async ({ url }) => {
      for (const [name, make] of THINGS_THROWN) {
        due = make();
        const body = new URLSearchParams({ username: 'ada', password: 'x' });
        expect([name, await answered(`${url}/token`, { method: 'POST', body })]).toEqual([name, REFUSED]);
        const headers = { authorization: `Bearer ${key}`, 'x-forwarded-proto': 'https' };
        expect([name, await answered(`${url}/streams`, { headers })]).toEqual([name, REFUSED]);
      }
    });
  });

  it.each([
    ['throws', false],
    ['rejects with', true],
  ])('a store of revoked tokens %s, no token counts until it is back', (_how, later) => {
    let failing = false;
    let calls = 0;
    const fail = (): Promise<never> => {
      calls += 1;
      const thing = made(String(calls % THINGS_THROWN.length));
      if (later) return Promise.reject(thing);
      throw thing;
    };
    const store = { list: () => (failing ? fail() : Promise.resolve([])), add: fail } as unknown as TokenRevocations;
    const auth = AuthModule.forRoot({
      jwt: { secret: 'a secret for tests, long enough for production' },
      revocations: { store, recheckInterval: 10 },
      throttle: false,
    });
    return inApplication([auth, StreamStoreModule.forRoot({ store: memoryStore() })], async ({ url }) => {
      const login = (): Promise<Response> =>
        fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams({ username: 'ada', password: 'ada' }) });
      const { access_token: token } = (await (await login()).json()) as { access_token: string };
      const headers = { authorization: `Bearer ${token}` };
      const status = async (): Promise<number> => (await fetch(`${url}/streams`, { headers })).status;
      for (const [name] of THINGS_THROWN) {
        const body = new URLSearchParams({ token });
        expect([name, await answered(`${url}/token/revoke`, { method: 'POST', body })]).toEqual([name, REFUSED]);
      }
      calls = 0;
      failing = true;
      await waitFor('all of them', () => calls >= THINGS_THROWN.length);
      await waitFor('the refusal', async () => (await status()) === 503);
      expect((await login()).status).toBe(503);
      failing = false;
      await waitFor('the token', async () => (await status()) === 200);
    });
  });

  it('a store throws while it is asked whether a live key is there still, leaves its socket', async () => {
    const { created, stored } = makeApiKey({ name: 'live', scopes: ['*'] });
    let left = THINGS_THROWN.length;
    let live = false;
    const find = (): Promise<unknown> => {
      if (!live || left === 0) return Promise.resolve(stored);
      left -= 1;
      throw made(String(left));
    };
    const keys = { find, list: async () => [], touch: async () => undefined } as unknown as ApiKeyStore;
    const auth = AuthModule.forRoot({
      jwt: { secret: 'a secret for tests, long enough for production' },
      apiKeys: { store: keys, trustProxy: 'loopback', recheckInterval: 10 },
    });
    await inApplication([auth, StreamStoreModule.forRoot({ store: memoryStore() })], async ({ wsUrl }) => {
      const headers = { authorization: `Bearer ${created.key}`, 'x-forwarded-proto': 'https' };
      const client = await SocketClient.open(`${wsUrl}/data/s/push?ack=true`, { headers });
      live = true;
      await waitFor('all of them', () => left === 0);
      client.send(Buffer.from('x'));
      expect(await client.nextText()).toMatch(/\d-0/);
    });
  });

  it('a check of the health or a metric throws, is the failure of its own part', async () => {
    const operations = new OperationsRegistry();
    const registry = new Registry();
    registerMetrics(operations, registry);
    const warned: string[] = [];
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void warned.push(String(text)));
    for (const [n, [, make]] of THINGS_THROWN.entries()) {
      for (const later of [false, true]) {
        const fail = (): never => {
          if (later) return Promise.reject(make()) as never;
          throw make();
        };
        const name = `part_${n}_${later ? 'later' : 'now'}`;
        const metrics = [{ type: 'gauge', name, help: 'Fails', read: fail } as const];
        operations.add({ name, health: fail, metrics });
      }
    }
    const read = (): number => 1;
    operations.add({ name: 'good', metrics: [{ type: 'gauge', name: 'good', help: 'Good', read }] });
    for (const { name } of operations.parts) {
      if (name === 'good') continue;
      const { status, details } = await operations.healthOf(name);
      expect([name, status, typeof details?.['message']]).toEqual([name, 'down', 'string']);
    }
    for (let time = 0; time < 2; time += 1) {
      const text = await registry.metrics();
      expect(text).toMatch(/^good 1$/m);
      // One that cannot be read has no value.
      expect(text).not.toMatch(/^part_\S+ \d/m);
    }
    expect(warned).toHaveLength(2 * THINGS_THROWN.length);
    warn.mockRestore();
  });

  it('draining throws, does not keep an application from its end', async () => {
    const running = await startApplication([PlacesModule], { adapter, logger });
    const clients = await Promise.all(
      THINGS_THROWN.map((_thing, n) =>
        SocketClient.open(`${running.wsUrl}/own`, { headers: { throws: `drain ${n}` } }),
      ),
    );
    await running.close();
    for (const client of clients) expect((await client.closed).code).toBe(1012);
  });

  it.each([
    ['throws', false],
    ['rejects with', true],
  ])('a consumer of streams %s, is passed over, and its follower may do so too', async (_how, later) => {
    const gaps: string[] = [];
    const seen: string[] = [];
    const fail = (thing: string): void | Promise<void> => {
      if (later) return Promise.reject(made(thing));
      throw made(thing);
    };
    const streams = THINGS_THROWN.map((_thing, n) => String(n));
    @StreamConsumer(streams, { group: 'g', after: '0-1', attempts: 1 })
    class Consumer {
      @OnGap() gap({ stream }: { stream: string }): void | Promise<void> {
        gaps.push(stream);
        return fail(stream);
      }
      @OnEntry() take({ stream }: { stream: string }): void | Promise<void> {
        seen.push(stream);
        return fail(stream);
      }
    }
    const kept = {
      create: async (context: StoreContext) => {
        const driver = await memoryStore().create(context);
        // Something is gone before the consumers begin.
        for (const stream of streams) await driver.append(stream, [Buffer.from('gone'), Buffer.from('kept')]);
        const open = driver.openFollower.bind(driver);
        driver.openFollower = async (names, options) => {
          const follower = await open(names, options);
          const close = (): void => {
            follower.close();
            return fail(names[0] ?? '') as void;
          };
          return changed(follower, { close });
        };
        return driver;
      },
    };
    const store = StreamStoreModule.forRoot({ store: kept, retention: { maxLength: 1 } });
    @Module({ imports: [store], providers: [Consumer] })
    class ConsumerModule {}
    await inApplication([ConsumerModule], async () => {
      await waitFor('the entries', () => seen.length >= streams.length);
      expect(new Set(seen)).toEqual(new Set(streams));
      expect(new Set(gaps)).toEqual(new Set(streams));
    });
  });
});
