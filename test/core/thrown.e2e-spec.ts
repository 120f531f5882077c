/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Logger,
  type LoggerService,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { makeApiKey } from '@millrace/accounts/keys';
import { type ApiKeyStore, AuthModule, type TokenRevocations, type UserStore } from '@millrace/auth';
import { ConnectionRegistry, ConnectivityModule, ConnectivityService, memoryRegistry } from '@millrace/connectivity';
import { ConnectorHubModule, MemorySourceStore } from '@millrace/connector';
import {
  MillraceSocketsModule,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
  type UpgradeRequest,
} from '@millrace/core';
import { SlowBodies } from '@millrace/core/http';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { memoryStore, OnEntry, OnGap, StreamConsumer, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { Registry } from 'prom-client';
import { type Observable, throwError } from 'rxjs';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { THINGS_AWAITED, THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';

// Jest fails a test during which a rejection or an error reaches the process.

const made = (thing: string | undefined): unknown => THINGS_THROWN[Number(thing)]?.[1]();

/** Whether a thing is due in a place: the header `throws` of a request names both. */
function dueAt(place: string, request: { headers: Readonly<Record<string, unknown>> }): { thing: unknown } | undefined {
  const [at, thing] = String(request.headers['throws']).split(' ');
  return at === place ? { thing: made(thing) } : undefined;
}

function throwAt(place: string, request: Parameters<typeof dueAt>[1]): void {
  const due = dueAt(place, request);
  if (due) throw due.thing;
}

@Injectable()
class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    throwAt('guard', request);
    const due = dueAt('guard-later', request);
    return due ? Promise.reject(due.thing) : true;
  }
}

@Injectable()
class Interceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    throwAt('interceptor', request);
    const due = dueAt('interceptor-later', request);
    return due ? throwError(() => due.thing) : next.handle();
  }
}

@SocketEndpoint({ path: '/own' })
@Injectable()
class OwnEndpoint implements SocketHandler<UpgradeRequest> {
  handshake(request: UpgradeRequest): UpgradeRequest | Promise<UpgradeRequest> {
    throwAt('handshake', request);
    const due = dueAt('handshake-later', request);
    return due ? Promise.reject(due.thing) : request;
  }

  handleConnection(connection: SocketConnection<UpgradeRequest>): void | Promise<void> {
    const { state: request, ws } = connection;
    throwAt('connection', request);
    const due = dueAt('connection-later', request);
    if (due) return Promise.reject(due.thing);
    connection.onMessage((data) => {
      throwAt('message', request);
      ws.send(data.toString());
      const later = dueAt('message-later', request);
      return later && Promise.reject(later.thing);
    });
  }

  async drain({ state }: SocketConnection<UpgradeRequest>): Promise<void> {
    throwAt('drain', state);
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {
  handshake(request: UpgradeRequest): void {
    throwAt('handshake', request);
  }

  handleConnection(_client: unknown, request: UpgradeRequest): void | Promise<void> {
    throwAt('connection', request);
    const due = dueAt('connection-later', request);
    return due && Promise.reject(due.thing);
  }
}

const DUE = /^throws-(?<when>now|later|begun)-(?<thing>\d+)$/;

/** Lets methods of a driver throw, or reject, when their first argument names a stream or partition that is due. */
function throwing<Driver extends object>(driver: Driver, ...methods: (keyof Driver)[]): Driver {
  for (const method of methods) {
    const original = (driver[method] as (...args: unknown[]) => unknown).bind(driver);
    const replaced = (...args: unknown[]): unknown => {
      const named = Array.isArray(args[0]) ? (args[0][0] as unknown) : args[0];
      const text = typeof named === 'string' ? named : String((named as { stream?: string } | undefined)?.stream);
      const { when, thing } = DUE.exec(text)?.groups ?? {};
      if (when === 'now') throw made(thing);
      return when === 'later' ? Promise.reject(made(thing)) : original(...args);
    };
    driver[method] = replaced as Driver[keyof Driver];
  }
  return driver;
}

type StoreContext = Parameters<ReturnType<typeof memoryStore>['create']>[0];
const METHODS = ['append', 'appendAll', 'readNewest', 'readAfter', 'openFollower'] as const;
const MORE_METHODS = ['describe', 'metadata', 'setMetadata', 'delete', 'lastId'] as const;
const store = {
  create: async (context: StoreContext) =>
    throwingFollower(throwing(await memoryStore().create(context), ...METHODS, ...MORE_METHODS)),
};

/** Lets a follower throw when it is read and closed, or give another promise, where its stream says so. */
function throwingFollower(driver: StreamStore): StreamStore {
  const open = driver.openFollower.bind(driver);
  driver.openFollower = async (streams, options) => {
    const follower = await open(streams, options);
    const { when, thing } = DUE.exec(streams[0] ?? '')?.groups ?? {};
    const make = THINGS_AWAITED[Number(/^awaited-(\d+)$/.exec(streams[0] ?? '')?.[1])]?.[1];
    if (make) return changed(follower, { take: (limit) => make(follower.take(limit)) as Promise<never> });
    if (when !== 'begun') return follower;
    return changed(follower, {
      take: () => {
        throw made(thing);
      },
      close: () => {
        follower.close();
        throw made(thing);
      },
    });
  };
  return driver;
}

/** An object of which some methods are others. */
function changed<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_target, name: keyof Target & string) => {
      const member = methods[name] ?? target[name];
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
type RegistrySettings = Parameters<ReturnType<typeof memoryRegistry>['create']>[0];
const registry = {
  create: async (settings: RegistrySettings) =>
    throwingWatch(throwing(await memoryRegistry().create(settings), 'publish', 'lookupJson', 'retract')),
};

/** Lets a watch throw when it is asked for, at its first event, or after that, where its partition says so. */
function throwingWatch(driver: ConnectionRegistry): ConnectionRegistry {
  const watch = driver.watch.bind(driver);
  driver.watch = (partition, ...rest) => {
    const { when, thing } = DUE.exec(partition)?.groups ?? {};
    if (when === 'now') throw made(thing);
    return (async function* () {
      if (when === 'later') throw made(thing);
      for await (const event of watch(partition, ...rest)) {
        yield event;
        if (when === 'begun') throw made(thing);
      }
    })();
  };
  return driver;
}

const sourceStore = throwing(new MemorySourceStore(), 'get', 'put', 'delete');

@Module({
  imports: [
    MillraceSocketsModule,
    StreamStoreModule.forRoot({ store }),
    ConnectivityModule.forRoot({ registry, public: true, prefix: 'registry' }),
    ConnectorHubModule.forRoot({ store: sourceStore }),
  ],
  providers: [
    OwnEndpoint,
    Gateway,
    { provide: APP_GUARD, useClass: Guard },
    { provide: APP_INTERCEPTOR, useClass: Interceptor },
  ],
})
class PlacesModule {}

/** Keeps the errors that an application logs. */
class KeptErrors implements LoggerService {
  readonly errors: string[] = [];
  readonly log = (): void => undefined;
  readonly warn = this.log;
  readonly error = (message: unknown): void => void this.errors.push(String(message));
}

type Ask = (running: RunningApplication, thing: number) => Promise<unknown>;

const REFUSED = { status: 500, body: '{"detail":"Internal server error"}' };
const CLOSED = { code: 1011, reason: 'Internal server error' };
/** The host's gateway answers for its words itself. */
const CLOSED_BARE = { code: 1011, reason: '' };

const refused = async (url: string, headers = {}): Promise<unknown> => {
  const { status, body } = await refusedHandshake(url, { headers });
  return { status, body };
};
const closed = async (url: string, headers = {}, ...messages: (string | Buffer)[]): Promise<unknown> => {
  const client = await SocketClient.open(url, { headers });
  for (const message of messages) client.send(message);
  return client.closed;
};
const answered = async (url: string, init: RequestInit = {}): Promise<unknown> => {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
};

const ENHANCERS = ['guard', 'guard-later', 'interceptor', 'interceptor-later'];
const handshakes = ENHANCERS.flatMap((place) =>
  ['/own', '/data/s/push', '/gateway'].map((path): [string, Ask] => [
    `${place} before the handshake of ${path}`,
    ({ wsUrl }, thing) => refused(`${wsUrl}${path}`, { throws: `${place} ${thing}` }),
  ]),
);
const routes = ENHANCERS.flatMap((place) =>
  ['/data/s', '/registry/connections/partitions'].map((path): [string, Ask] => [
    `${place} before ${path}`,
    ({ url }, thing) => answered(`${url}${path}`, { headers: { throws: `${place} ${thing}` } }),
  ]),
);
const own = (place: string, ...messages: string[]): [string, Ask, unknown] => [
  `the ${place} of an endpoint`,
  ({ wsUrl }, thing) => closed(`${wsUrl}/own`, { throws: `${place} ${thing}` }, ...messages),
  CLOSED,
];
const EVENTS = { headers: { accept: 'text/event-stream' } };
const post = (path: string, body: object): Ask => {
  return ({ url }) => answered(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
};
const upload = (): FormData => {
  const form = new FormData();
  form.append('entries', new Blob(['x']), 'x');
  return form;
};
const drivers = ['now', 'later'].flatMap((when): [string, Ask, unknown][] => [
  [`append ${when}`, ({ wsUrl }, n) => closed(`${wsUrl}/data/throws-${when}-${n}/push`, {}, Buffer.from('x')), CLOSED],
  [
    `append of a POST ${when}`,
    ({ url }, n) => answered(`${url}/data/throws-${when}-${n}`, { method: 'POST', body: upload() }),
    REFUSED,
  ],
  [`read ${when}`, ({ url }, n) => answered(`${url}/data/throws-${when}-${n}`), REFUSED],
  [`follow ${when}`, ({ wsUrl }, n) => closed(`${wsUrl}/data/throws-${when}-${n}/pull`), CLOSED],
  [`description ${when}`, ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}`), REFUSED],
  [
    `metadata ${when}`,
    ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}?desc=x`, { method: 'PUT' }),
    REFUSED,
  ],
  [
    `end of a stream ${when}`,
    ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}`, { method: 'DELETE' }),
    REFUSED,
  ],
  [`pictures ${when}`, ({ url }, n) => answered(`${url}/mjpeg/throws-${when}-${n}`), REFUSED],
  [`events ${when}`, ({ url }, n) => answered(`${url}/data/throws-${when}-${n}`, EVENTS), REFUSED],
]);
/** What a client sees of an answer that was cut. */
const cut = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init);
  return {
    status: response.status,
    end: await response.text().then(
      () => 'ended',
      () => 'cut',
    ),
  };
};
const followed: [string, Ask, unknown][] = [
  ['follow that has begun', ({ wsUrl }, n) => closed(`${wsUrl}/data/throws-begun-${n}/pull`), CLOSED],
  ['pictures that have begun', ({ url }, n) => cut(`${url}/mjpeg/throws-begun-${n}`), { status: 200, end: 'cut' }],
  ['events that have begun', ({ url }, n) => cut(`${url}/data/throws-begun-${n}`, EVENTS), { status: 200, end: 'cut' }],
];
const registries = ['now', 'later'].flatMap((when): [string, Ask, unknown][] => [
  [
    `publish ${when}`,
    (running, n) => post('/registry/publish', { partition: `throws-${when}-${n}`, connections: [] })(running, n),
    REFUSED,
  ],
  [
    `look-up ${when}`,
    (running, n) =>
      post(`/registry/getconnection/throws-${when}-${n}`, { uid_regex: '.*', data_type: 'T' })(running, n),
    REFUSED,
  ],
  [`watch ${when}`, ({ url }, n) => answered(`${url}/registry/connections/throws-${when}-${n}/watch`), REFUSED],
  [
    `watch by a socket ${when}`,
    ({ wsUrl }, n) => closed(`${wsUrl}/registry/connections/throws-${when}-${n}/watch`),
    CLOSED,
  ],
]);
const watches: [string, Ask, unknown][] = [
  [
    'watch that has begun',
    async ({ url }, n) =>
      /^event: \w+/.exec(await (await fetch(`${url}/registry/connections/throws-begun-${n}/watch`)).text())?.[0],
    'event: snapshot',
  ],
  [
    'watch by a socket that has begun',
    ({ wsUrl }, n) => closed(`${wsUrl}/registry/connections/throws-begun-${n}/watch`),
    CLOSED,
  ],
];
const claim = (source: string): string[] =>
  [
    { op: 'validate', resourceName: 'system.credentials', object: 'any' },
    { op: 'connectExtension', resourceName: 'sources', resourceId: source, parameters: {} },
  ].map((message) => JSON.stringify(message));
const sources = ['now', 'later'].flatMap((when): [string, Ask, unknown][] => [
  [`source ${when}`, ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`), REFUSED],
  [
    `change of a source ${when}`,
    ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`, { method: 'PUT', body: '{}' }),
    REFUSED,
  ],
  [
    `end of a source ${when}`,
    ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`, { method: 'DELETE' }),
    REFUSED,
  ],
  [
    `claim of a source ${when}`,
    ({ wsUrl }, n) => closed(`${wsUrl}/api/v1/wsock/websocket`, {}, ...claim(`throws-${when}-${n}`)),
    CLOSED,
  ],
]);

/** Asks once for each thing. @returns the names of those that were not answered as is due, and how */
async function wrong(running: RunningApplication, ask: Ask, due: unknown): Promise<unknown[]> {
  const answers = await Promise.all(THINGS_THROWN.map((_thing, thing) => ask(running, thing)));
  return THINGS_THROWN.flatMap(([name], thing) =>
    JSON.stringify(answers[thing]) === JSON.stringify(due) ? [] : [[name, answers[thing]]],
  );
}

describe.each(BOTH_HTTP_ADAPTERS)('Whatever is thrown, on %s,', (adapter) => {
  let running: RunningApplication;
  let other: SocketClient;
  const logger = new KeptErrors();
  beforeAll(async () => {
    running = await startApplication([PlacesModule], { adapter, logger });
    other = await SocketClient.open(`${running.wsUrl}/own`);
  });
  afterAll(() => running.close());

  it.each<[string, Ask, unknown]>([
    ...[...handshakes, ...routes].map(([name, ask]): [string, Ask, unknown] => [name, ask, REFUSED]),
    ['handshake', ({ wsUrl }, n) => refused(`${wsUrl}/own`, { throws: `handshake ${n}` }), REFUSED],
    ['handshake-later', ({ wsUrl }, n) => refused(`${wsUrl}/own`, { throws: `handshake-later ${n}` }), REFUSED],
    own('connection'),
    own('connection-later'),
    own('message', 'x'),
    own('message-later', 'x'),
    ['gateway handshake', ({ wsUrl }, n) => refused(`${wsUrl}/gateway`, { throws: `handshake ${n}` }), REFUSED],
    ['gateway', ({ wsUrl }, n) => closed(`${wsUrl}/gateway`, { throws: `connection ${n}` }), CLOSED_BARE],
    ['gateway later', ({ wsUrl }, n) => closed(`${wsUrl}/gateway`, { throws: `connection-later ${n}` }), CLOSED_BARE],
    ...drivers,
    ...registries,
    ...watches,
    ...sources,
    ...followed,
  ])('in %s, is the internal error of its own call, and is logged', async (_name, ask, due) => {
    const before = logger.errors.length;
    expect(await wrong(running, ask, due)).toEqual([]);
    expect(logger.errors.length - before).toBeGreaterThanOrEqual(THINGS_THROWN.length);
    other.send('still here');
    expect(await other.nextText()).toBe('still here');
  });

  it.each(THINGS_AWAITED.map(([name], index) => [name, `awaited-${index}`]))(
    'beside what is thrown %s is awaited, where a follower gives it',
    async (_name, stream) => {
      await running.app.get(StreamStore).append(stream, [Buffer.from('x')]);
      for (const query of ['', '&onebyone=true', '&ack=true']) {
        const client = await SocketClient.open(`${running.wsUrl}/data/${stream}+other/pull?last_entry_id=0${query}`);
        expect(await client.nextText()).toContain(stream);
        await client.close();
      }
    },
  );

  it('in the option "except" for slow bodies, the body is watched as any other', async () => {
    const before = logger.errors.length;
    let asked = 0;
    const except = (request: IncomingMessage): boolean => {
      asked += 1;
      throwAt('except', request);
      return (dueAt('except-later', request) && Promise.reject(dueAt('except-later', request)?.thing)) as never;
    };
    running.app.get(SlowBodies, { strict: false }).configure({ except });
    const { port } = new URL(running.url);
    const requests = THINGS_THROWN.flatMap((_thing, n) =>
      ['except', 'except-later'].map((place): ClientRequest => {
        const headers = { throws: `${place} ${n}`, 'content-type': 'application/json' };
        const request = httpRequest({ port, path: '/registry/publish', method: 'POST', agent: false, headers });
        request.write('{"partition":"p",');
        return request;
      }),
    );
    await waitFor('all of them', () => asked >= requests.length);
    const answers = requests.map(async (request) => {
      const answer = once(request, 'response') as Promise<[IncomingMessage]>;
      request.end('"connections":[]}');
      const [response] = await answer;
      response.resume();
      return response.statusCode;
    });
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(logger.errors.length - before).toBe(requests.length);
  });

  it('by those who watch the registry, takes no other watcher along', async () => {
    const registry = running.app.get(ConnectivityService);
    const end = new AbortController();
    const events: string[] = [];
    const other = (async () => {
      for await (const { type } of registry.watch('watched', {}, { signal: end.signal })) events.push(type);
    })();
    await waitFor('the snapshot', () => events.length === 1);
    for (const [, make] of THINGS_THROWN) {
      const watching = (async () => {
        for await (const _event of registry.watch('watched')) throw make();
      })();
      await expect(
        watching.then(
          () => 'went on',
          () => 'ended',
        ),
      ).resolves.toBe('ended');
    }
    await registry.publish('watched', [{ uid: 'u', uri: 'tcp://host/u', dataType: 'T' }]);
    await waitFor('the change', () => events.length === 2);
    end.abort();
    await other;
    expect(events).toEqual(['snapshot', 'published']);
  });
});

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

  it('the driver of a registry past the framework throws, is the internal error of its own call', () =>
    inApplication(
      [ConnectivityModule.forRoot({ registry, public: true, bypassFramework: true, prefix: 'registry' })],
      async (running) => {
        for (const [, ask, due] of registries) expect(await wrong(running, ask, due)).toEqual([]);
      },
    ));

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
    for (const client of clients) expect((await client.closed).code).toBe(1001);
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
