/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import { Module } from '@nestjs/common';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  InjectSource,
  OnNotification,
  OnPublish,
  OnQuery,
  SourceConnection,
  SourceHandler,
} from '@millrace/connector';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';

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
