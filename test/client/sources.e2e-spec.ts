import { Module } from '@nestjs/common';
import { connect, type Millrace, nodeSources, QueryError } from '@millrace/client';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  InjectSource,
  OnPublish,
  OnQuery,
  SourceQueryError,
  SourceConnection,
  SourceHandler,
} from '@millrace/connector';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { holdTimers, nextTurn } from '../support/held-timers.js';
import { waitFor } from '../support/waiting.js';

interface Query {
  count?: number;
  fail?: boolean;
  hang?: boolean;
}

@SourceHandler('thermostat')
class Thermostat {
  readonly published: unknown[] = [];
  /** Ends the queries that hang, so that the connector can end. */
  release: () => void = () => undefined;
  private readonly hanging = new Promise<void>((resolve) => (this.release = resolve));

  constructor(@InjectSource('thermostat') readonly source: SourceConnection) {}

  @OnPublish() apply(target: unknown): void {
    this.published.push(target);
  }

  @OnQuery() async *readings({ count = 0, fail, hang }: Query): AsyncIterable<unknown> {
    for (let index = 0; index < count; index += 1) yield { index, error: 'is only a field' };
    if (fail) throw new SourceQueryError('com.example.bad', 'Bad {0}', ['query']);
    if (hang) await this.hanging;
  }
}

describe.each(HTTP_ADAPTERS)('The sources of connect() on %s', (adapter) => {
  let hubSide: RunningApplication;
  let connectorSide: RunningApplication;
  let way: CuttingProxy;
  let millrace: Millrace;
  beforeAll(async () => {
    hubSide = await startApplication([ConnectorHubModule.forRoot({ sources: { thermostat: { room: 'lab' } } })], {
      adapter,
    });
    @Module({
      imports: [ConnectorModule.forRoot({ targetServer: hubSide.url, authToken: 'x', sources: ['thermostat'] })],
      providers: [Thermostat],
    })
    class ConnectorApplication {}
    connectorSide = await startApplication([ConnectorApplication]);
    way = await CuttingProxy.start(Number(new URL(hubSide.url).port));
    const sources = nodeSources({ environment: {}, home: '/nonexistent' });
    millrace = await connect(way.url, { sources, check: false });
    await waitFor('the source', async () => (await millrace.sources.list())[0]?.state === 'connected');
  });
  afterAll(async () => {
    thermostat().release();
    await millrace.close();
    await way.close();
    await connectorSide.close();
    await hubSide.close();
  });
  afterEach(() => jest.useRealTimers());
  const thermostat = (): Thermostat => connectorSide.app.get(Thermostat);

  it('lists and describes sources', async () => {
    expect(await millrace.sources.list()).toMatchObject([{ name: 'thermostat', state: 'connected', openQueries: 0 }]);
    expect(await millrace.sources.get('thermostat')).toMatchObject({ configuration: { room: 'lab' } });
    await expect(millrace.sources.get('a/b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('configures, and deletes again', async () => {
    const { sources } = millrace;
    await sources.configure('a source/ü', { depth: 3 });
    expect(await sources.get('a source/ü')).toMatchObject({ state: 'disconnected', configuration: { depth: 3 } });
    await expect(sources.publish('a source/ü', {})).rejects.toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    await sources.delete('a source/ü');
    await expect(sources.delete('a source/ü')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('publishes to a source', async () => {
    await millrace.sources.publish('thermostat', { target: 21 });
    await waitFor('the publication', () => thermostat().published.length > 0);
    expect(thermostat().published).toEqual([{ target: 21 }]);
  });

  it('queries a source: rows come as they are given', async () => {
    const rows: number[] = [];
    for await (const { index } of millrace.sources.query<{ index: number }>('thermostat', { count: 2000 }))
      rows.push(index);
    expect(rows).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    expect(await millrace.sources.queryAll('thermostat')).toEqual([]);
  });

  it('a query that fails at once has a status, one that fails later an error of its own', async () => {
    await expect(millrace.sources.queryAll('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    const failing = millrace.sources.query('thermostat', { count: 2, fail: true });
    const rows: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const row of failing) rows.push(row);
    };
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ code: 'QUERY_FAILED', source: 'thermostat' });
    expect(String(error)).toContain('Bad');
    expect(rows.length).toBe(2);
  });

  it('ending the iteration ends the query, also at the hub', async () => {
    const open = async (): Promise<number> => (await millrace.sources.list())[0]?.openQueries ?? 0;
    for await (const row of millrace.sources.query('thermostat', { count: 5, hang: true })) {
      expect(row).toMatchObject({ index: 0 });
      break;
    }
    await waitFor('the end of the query', async () => (await open()) === 0);
    const abort = new AbortController();
    const query = millrace.sources.query('thermostat', { count: 1, hang: true }, { signal: abort.signal });
    await query.next();
    const second = expect(query.next()).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await second;
    await waitFor('the end of the query', async () => (await open()) === 0);
  });

  it('a query that takes too long ends at the hub, and here', async () => {
    const hub = hubSide.app.get(ConnectorHub);
    holdTimers();
    const query = millrace.sources.queryAll('thermostat', { hang: true }, { timeout: 100 });
    const ended = expect(query).rejects.toMatchObject({ code: 'TIMED_OUT', status: 504 });
    while ((await hub.sources())[0]?.openQueries !== 1) await nextTurn();
    // The client waits a little longer than the hub.
    jest.advanceTimersByTime(100);
    await ended;
    jest.useRealTimers();
    await waitFor('the end of the query', async () => (await hub.sources())[0]?.openQueries === 0);
  });

  it('a query that is cut off is raised: rows are never passed over in silence', async () => {
    const query = millrace.sources.query('thermostat', { count: 1, hang: true });
    await query.next();
    const cut = expect(query.next()).rejects.toMatchObject({
      name: expect.stringMatching(/Protocol|ConnectionClosed/),
    });
    way.cut();
    await cut;
    await waitFor('the end of the query', async () => (await millrace.sources.list())[0]?.openQueries === 0);
  });

  it('gives the newest notifications', async () => {
    for (let n = 0; n < 12; n += 1) await thermostat().source.notify({ n });
    const hub = hubSide.app.get(ConnectorHub);
    await waitFor('the notifications', async () => (await hub.newestNotifications('thermostat', 12)).length === 12);
    const newest = await millrace.sources.notifications('thermostat');
    expect(newest.map(({ object }) => object['n'])).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await millrace.sources.notifications('thermostat', { count: 1 })).toMatchObject([
      { source: 'thermostat', object: { n: 11 }, redelivered: false },
    ]);
  });

  it('makes a connector claim its source anew', async () => {
    const { since } = (await millrace.sources.list())[0] ?? { since: 0 };
    await millrace.sources.reconnect('thermostat');
    await waitFor('the new claim', async () => {
      const [status] = await millrace.sources.list();
      return status?.state === 'connected' && status.since >= since;
    });
  });
});
