/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import { Module } from '@nestjs/common';
import {
  ConnectorConfigError,
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  ConnectorSet,
  InjectSource,
  MemoryOutbox,
  OnClose,
  OnConnect,
  OnNotification,
  OnPublish,
  OnQuery,
  Outbox,
  type OutboxQueue,
  SourceConnection,
  type SourceContext,
  SourceHandler,
} from '@millrace/connector';
import {
  BOTH_HTTP_ADAPTERS,
  HTTP_ADAPTERS,
  type RunningApplication,
  startApplication,
} from '../support/applications.js';
import { THINGS_AWAITED, THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';

// Jest fails a test during which a rejection or an error reaches the process.

/** Names a thing, and whether it is thrown at once or rejected with; nothing is thrown without one. */
interface Order {
  readonly thing?: number;
  readonly later?: boolean;
}

function obey({ thing, later }: Order): void | Promise<void> {
  if (thing === undefined) return;
  const made = THINGS_THROWN[thing]?.[1]();
  if (later) return Promise.reject(made);
  throw made;
}

@SourceHandler('s')
class Source {
  published = 0;

  constructor(@InjectSource('s') readonly source: SourceConnection) {}

  @OnPublish() publish(order: Order): void | Promise<void> {
    this.published += 1;
    return obey(order);
  }
  @OnQuery() query(order: Order & { rows?: boolean }): unknown {
    if (!order.rows) return obey(order) ?? { good: true };
    return (async function* (): AsyncGenerator<object> {
      yield { row: 1 };
      await obey(order);
    })();
  }
}

class Notified {
  good = 0;

  @OnNotification('s') take(order: Order): void | Promise<void> {
    if (order.thing === undefined) this.good += 1;
    return obey(order);
  }
}

const WAYS = [false, true];
const ORDERS: readonly Order[] = THINGS_THROWN.flatMap((_thing, thing) => WAYS.map((later) => ({ thing, later })));

describe.each(BOTH_HTTP_ADAPTERS)('Whatever is thrown by handlers of sources and of the hub, on %s,', (adapter) => {
  let hubSide: RunningApplication;
  let connectorSide: RunningApplication;
  let hub: ConnectorHub;
  let source: Source;
  beforeAll(async () => {
    @Module({ imports: [ConnectorHubModule.forRoot({ sources: { s: {} } })], providers: [Notified] })
    class HubApplication {}
    hubSide = await startApplication([HubApplication], { adapter });
    const connecting = ConnectorModule.forRoot({
      targetServer: hubSide.url,
      authToken: 'any',
      sources: ['s'],
      backoff: { initial: 10, max: 20 },
    });
    @Module({ imports: [connecting], providers: [Source] })
    class ConnectorApplication {}
    connectorSide = await startApplication([ConnectorApplication], { adapter, sockets: false });
    hub = hubSide.app.get(ConnectorHub);
    source = connectorSide.app.get(Source);
    await waitFor('the connection', () => source.source.isConnected);
  });
  afterAll(async () => {
    await connectorSide.close();
    await hubSide.close();
  });

  const outcome = (order: object, options = {}): Promise<unknown> =>
    hub.query('s', order, options).catch((error: unknown) => (error as { messageCode?: string }).messageCode);

  it('fails its own query, and no other', async () => {
    const queries = ORDERS.map(async (order) => [
      await outcome(order),
      await outcome({ ...order, rows: true }),
      await outcome({}),
    ]);
    const FAILED = 'millrace.connector.queryFailed';
    for (const outcomes of await Promise.all(queries)) expect(outcomes).toEqual([FAILED, FAILED, [{ good: true }]]);
  });

  it('takes no other publish along', async () => {
    const before = source.published;
    for (const order of ORDERS) await hub.publish('s', order);
    await waitFor('all publishes', () => source.published === before + ORDERS.length);
    expect(await outcome({})).toEqual([{ good: true }]);
  });

  it('refuses its own notification, and no other', async () => {
    const notified = hubSide.app.get(Notified);
    const before = notified.good;
    for (const order of ORDERS) {
      await source.source.notify({ ...order });
      await source.source.notify({ good: true });
    }
    await waitFor('the good ones', () => notified.good === before + ORDERS.length);
    await waitFor('all answers', () => source.source.status.notifications.waiting === 0);
    expect(source.source.status.notifications.refused).toBe(ORDERS.length);
  });

  it('in a callback for rows, is the affair of who gave it', async () => {
    for (const order of ORDERS) {
      const rows = await hub
        .query('s', { rows: true }, { onRow: () => obey(order) as void })
        .then(() => 'answered')
        .catch(() => 'failed');
      expect(order.later ? ['answered', 'failed'] : ['failed']).toContain(rows);
    }
    expect(await outcome({})).toEqual([{ good: true }]);
  });
});

/** One source for each thing and way, so that all can fail at the same time. */
const SOURCES = ORDERS.map((_order, index) => `source-${index}`);
const orderOf = (source: string): Order => ORDERS[Number(source.slice('source-'.length))] ?? {};

/** Connect and close handlers that fail the first time, each for its source. */
@SourceHandler(/^source-/)
class FailingOnce {
  readonly connects = new Map<string, number>();
  readonly closes = new Map<string, number>();

  @OnConnect() connect(_configuration: object, { source_name: source }: SourceContext): void | Promise<void> {
    return failsOnce(this.connects, source);
  }
  @OnClose() close({ source_name: source }: SourceContext): void | Promise<void> {
    return failsOnce(this.closes, source);
  }
}

function failsOnce(calls: Map<string, number>, source: string): void | Promise<void> {
  const before = calls.get(source) ?? 0;
  calls.set(source, before + 1);
  if (before === 0) return obey(orderOf(source));
}

/** An outbox in memory whose calls are changed. */
class ChangedOutbox extends Outbox {
  constructor(
    private readonly change: (source: string) => (method: keyof OutboxQueue, call: () => unknown) => unknown,
  ) {
    super();
  }

  override open(source: string): OutboxQueue {
    const change = this.change(source);
    return new Proxy(new MemoryOutbox().open(), {
      get: (queue, method: keyof OutboxQueue) => {
        const member: unknown = Reflect.get(queue, method);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => change(method, () => Reflect.apply(member, queue, args) as unknown);
      },
    });
  }
}

describe.each(HTTP_ADAPTERS)('Whatever else a host throws beside a hub on %s,', (adapter) => {
  let hubSide: RunningApplication;
  let hub: ConnectorHub;
  const connectors = new Connectors();
  beforeAll(async () => {
    const sources = Object.fromEntries(['s', ...SOURCES].map((name) => [name, {}]));
    hubSide = await startApplication([ConnectorHubModule.forRoot({ sources })], { adapter });
    hub = hubSide.app.get(ConnectorHub);
  });
  afterEach(() => connectors.close());
  afterAll(() => hubSide.close());

  const connected = (set: ConnectorSet, connects: number): boolean =>
    set.statuses().every((status) => status.state === 'connected' && status.connects === connects);

  it('in a connect or close handler, costs its own source a new connection', async () => {
    const connecting = ConnectorModule.forRoot({
      targetServer: hubSide.url,
      authToken: 'any',
      sources: SOURCES,
      backoff: { initial: 10, max: 20 },
    });
    @Module({ imports: [connecting], providers: [FailingOnce] })
    class ConnectorApplication {}
    const connectorSide = await startApplication([ConnectorApplication], { adapter, sockets: false });
    const set = connectorSide.app.get(ConnectorSet);
    const handlers = connectorSide.app.get(FailingOnce);
    await waitFor('all connections', () => connected(set, 1));
    expect([...handlers.connects.values()]).toEqual(SOURCES.map(() => 2));
    for (const connection of set.connections().values()) connection.reconnect();
    await waitFor('all connections', () => connected(set, 2));
    expect([...handlers.closes.values()]).toEqual(SOURCES.map(() => 1));
    await connectorSide.close();
    expect([...handlers.closes.values()]).toEqual(SOURCES.map(() => 2));
  });

  it('in a connect handler that gives up, ends its own connection', async () => {
    const thrown = new Proxy(new ConnectorConfigError('gives up'), {
      get: () => {
        throw new Error('a trap of the thing thrown');
      },
    });
    const connect = (): never => {
      throw thrown;
    };
    const { source } = await connectors.start(hubSide.url, { connect });
    await waitFor('the end', () => source.state === 'failed');
  });

  it('in a listener of the status, changes nothing', async () => {
    const { set, source } = await connectors.connect(hubSide.url);
    let calls = 0;
    for (const order of ORDERS) {
      source.onStatus(() => {
        calls += 1;
        return obey(order) as void;
      });
    }
    source.reconnect();
    await waitFor('the new connection', () => connected(set, 2));
    expect(calls).toBeGreaterThanOrEqual(ORDERS.length);
  });

  it('in a function that gives the token, or whatever that gives, is an attempt that failed', async () => {
    const orders = [...ORDERS];
    const wrong: unknown[] = [Symbol('a token'), 1n, Object.create(null), () => 'any'];
    const authToken = (): string => {
      const order = orders.shift();
      return (order ? obey(order) : wrong.length > 0 ? wrong.pop() : 'any') as string;
    };
    const options = { authToken, backoff: { initial: 1, max: 2 } };
    const { source } = await connectors.connect(hubSide.url, {}, options);
    expect(source.status.attempts).toBe(0);
    expect([orders, wrong]).toEqual([[], []]);
  });

  it('in an outbox, loses nothing that was taken', async () => {
    const driver = new ChangedOutbox((source) => {
      const due = new Set<keyof OutboxQueue>(['append', 'read', 'remove', 'rewind', 'close']);
      return (method, call) => (due.delete(method) ? obey(orderOf(source)) : call());
    });
    const delivered = new Set<string>();
    const remove = hub.onNotification(/^source-/, ({ source }) => delivered.add(source));
    const targetServer = hubSide.url;
    const set = await ConnectorSet.create({ targetServer, authToken: 'any', sources: SOURCES, outbox: { driver } });
    set.start();
    for (const connection of set.connections().values()) {
      const [refused, taken] = await Promise.allSettled([connection.notify({ n: 1 }), connection.notify({ n: 2 })]);
      expect([refused.status, taken.status]).toEqual(['rejected', 'fulfilled']);
    }
    await waitFor('all that was taken', () => delivered.size === SOURCES.length);
    await waitFor('all answers', () => set.statuses().every(({ notifications }) => notifications.acknowledged === 1));
    remove();
    const [closed] = await Promise.allSettled([set.close()]);
    expect(closed.status).toBe('rejected');
    expect(set.statuses().map(({ state }) => state)).toEqual(SOURCES.map(() => 'closed'));
  });

  it('in an outbox that makes room, is the failure of its own notification', async () => {
    for (const [, make] of THINGS_THROWN) {
      let drops = 0;
      const driver = new ChangedOutbox(() => (method, call) => {
        if (method !== 'dropOldest') return call();
        drops += 1;
        if (drops > 1) throw make();
        return Promise.resolve(call());
      });
      const outbox = { driver, capacity: 1, overflow: 'dropOldest' } as const;
      const { source } = await connectors.make(hubSide.url, {}, { outbox });
      const results = await Promise.allSettled([1, 2, 3].map((n) => source.notify({ n })));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    }
  });

  it('or gives in place of a promise, is awaited', async () => {
    for (const [name, make] of THINGS_AWAITED) {
      // What an outbox gives.
      const driver = new ChangedOutbox(() => (method, call) => (method === 'rewind' ? call() : make(call())));
      const outbox = { driver, capacity: 1, overflow: 'dropOldest' } as const;
      const { source, set } = await connectors.make(hubSide.url, {}, { outbox });
      const read: unknown[] = [];
      let ended = 0;
      const removers = [
        // What a handler of notifications gives: the next one waits for it, and so does the acknowledgement.
        hub.onNotification('s', () => make(new Promise((resolve) => setImmediate(resolve)).then(() => (ended += 1)))),
        hub.onNotification('s', ({ object }) => read.push([object, ended])),
        hub.onNotification('s', ({ object }) => make(object['n'] === 3 ? Promise.reject(new Error('no')) : 'taken')),
      ];
      expect([name, await source.notify({ n: 1 }), await source.notify({ n: 2 })]).toEqual([name, true, true]);
      expect(source.status.notifications).toMatchObject({ waiting: 1, dropped: 1 });
      set.start();
      expect(await source.flush()).toBe(true);
      expect(await source.notify({ n: 3 })).toBe(true);
      expect(await source.flush()).toBe(true);
      expect([name, ...read]).toEqual([name, [{ n: 2 }, 1], [{ n: 3 }, 2]]);
      expect(source.status.notifications).toMatchObject({ acknowledged: 1, refused: 1 });
      for (const remove of removers) remove();
      await set.close();
    }
  });
});
