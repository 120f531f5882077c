/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type LoggerService,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { type ApiKeyStore, AuthModule, type UserStore } from '@millrace/auth';
import { ConnectivityModule, memoryRegistry } from '@millrace/connectivity';
import {
  MillraceSocketsModule,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
  type UpgradeRequest,
} from '@millrace/core';
import { memoryStore, OnEntry, StreamConsumer, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type Observable, throwError } from 'rxjs';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { THINGS_THROWN } from '../support/things-thrown.js';
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

const DUE = /^throws-(?<when>now|later)-(?<thing>\d+)$/;

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
const store = {
  create: async (context: StoreContext) =>
    throwing(await memoryStore().create(context), 'append', 'appendAll', 'readNewest', 'readAfter', 'openFollower'),
};
type RegistrySettings = Parameters<ReturnType<typeof memoryRegistry>['create']>[0];
const registry = {
  create: async (settings: RegistrySettings) =>
    throwing(await memoryRegistry().create(settings), 'publish', 'lookupJson', 'retract', 'watch'),
};

@Module({
  imports: [
    MillraceSocketsModule,
    StreamStoreModule.forRoot({ store }),
    ConnectivityModule.forRoot({ registry, public: true, prefix: 'registry' }),
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
]);
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
  ])('in %s, is the internal error of its own call, and is logged', async (_name, ask, due) => {
    const before = logger.errors.length;
    expect(await wrong(running, ask, due)).toEqual([]);
    expect(logger.errors.length - before).toBeGreaterThanOrEqual(THINGS_THROWN.length);
    other.send('still here');
    expect(await other.nextText()).toBe('still here');
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

  it('a store of users or of API keys throws, is the internal error of its own call', () => {
    let due: unknown;
    const fail = async (): Promise<never> => {
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

  it('a consumer of streams throws, is passed over', async () => {
    const seen: string[] = [];
    @StreamConsumer('s', { group: 'g', after: '0-1', attempts: 1 })
    class Consumer {
      @OnEntry() take({ data }: { data: Buffer }): void {
        seen.push(data.toString());
        throw made(data.toString());
      }
    }
    @Module({ imports: [StreamStoreModule.forRoot({ store: memoryStore() })], providers: [Consumer] })
    class ConsumerModule {}
    await inApplication([ConsumerModule], async ({ app }) => {
      const entries = THINGS_THROWN.map((_thing, n) => Buffer.from(String(n)));
      await app.get(StreamStore).append('s', entries);
      await waitFor('the entries', () => seen.length === entries.length);
    });
  });
});
