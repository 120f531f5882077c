import { Module } from '@nestjs/common';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  ConnectorSet,
  InjectSource,
  OnClose,
  OnConnect,
  OnNotification,
  OnPublish,
  OnQuery,
  SourceQueryError,
  SourceConnection,
  SourceHandler,
  type SourceNotification,
} from '@millrace/connector';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

@SourceHandler('thermostat')
class Thermostat {
  readonly seen: unknown[] = [];

  constructor(@InjectSource('thermostat') readonly source: SourceConnection) {}

  @OnConnect() configure(config: unknown): void {
    this.seen.push({ connect: config });
  }

  @OnPublish() apply(target: unknown): void {
    this.seen.push({ publish: target });
  }

  @OnQuery() async *readings(query: { count?: number; fail?: boolean }): AsyncIterable<unknown> {
    for (let index = 0; index < (query.count ?? 0); index += 1) yield { index };
    if (query.fail) throw new SourceQueryError('com.example.bad', 'Bad {0} of {1}', ['query', 'mine']);
  }

  @OnClose() release(): void {
    this.seen.push('close');
  }
}

class Store {
  readonly stored: SourceNotification[] = [];

  @OnNotification('thermostat') async keep(_object: unknown, notification: SourceNotification): Promise<void> {
    this.stored.push(notification);
  }
}

describe.each(HTTP_ADAPTERS)('Hub and connector on %s', (adapter) => {
  let hubSide: RunningApplication;
  let connectorSide: RunningApplication;

  beforeAll(async () => {
    @Module({ imports: [ConnectorHubModule.forRoot({ sources: { thermostat: { room: 'lab' } } })], providers: [Store] })
    class HubApplication {}
    hubSide = await startApplication([HubApplication], { adapter });
    @Module({
      imports: [ConnectorModule.forRoot({ targetServer: hubSide.url, authToken: 'any', sources: ['thermostat'] })],
      providers: [Thermostat],
    })
    class ConnectorApplication {}
    connectorSide = await startApplication([ConnectorApplication], { adapter, sockets: false });
    await waitFor('the connection', () => connectorSide.app.get(Thermostat).source.isConnected);
  });

  afterAll(async () => {
    await connectorSide.close();
    await hubSide.close();
  });

  it('exchanges configuration, publish, query in parts, error and notification with acknowledgement', async () => {
    const hub = hubSide.app.get(ConnectorHub);
    const thermostat = connectorSide.app.get(Thermostat);
    expect(thermostat.seen).toEqual([{ connect: { room: 'lab' } }]);

    await hub.publish('thermostat', { target: 21.5 });
    await waitFor('the publish', () => thermostat.seen.length === 2);
    expect(thermostat.seen[1]).toEqual({ publish: { target: 21.5 } });

    expect(await hub.query('thermostat', { count: 3 })).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);
    expect(await hub.query('thermostat', {})).toEqual([]);
    await expect(hub.query('thermostat', { count: 2, fail: true })).rejects.toMatchObject({
      messageCode: 'com.example.bad',
      messageTemplate: 'Bad {0} of {1}',
      parameters: ['query', 'mine'],
      message: 'Bad query of mine',
    });

    for (let index = 0; index < 500; index += 1) await thermostat.source.notify({ index });
    expect(await thermostat.source.flush(60_000)).toBe(true);
    const { stored } = hubSide.app.get(Store);
    expect(stored.map(({ object }) => object['index'])).toEqual(Array.from({ length: 500 }, (_, index) => index));
    expect(connectorSide.app.get(ConnectorSet).statuses()[0]?.notifications).toMatchObject({
      acknowledged: 500,
      waiting: 0,
    });
  });

  it.each([0, -1, NaN])(
    'refuses a query that may take %p ms, and one that may take any time is answered',
    async (timeout) => {
      const hub = hubSide.app.get(ConnectorHub);
      const refused = `The timeout of a query must be milliseconds above 0, not ${timeout}`;
      await expect(hub.query('thermostat', {}, { timeout })).rejects.toThrow(refused);
      expect(await hub.query('thermostat', { count: 1 }, { timeout: Infinity })).toEqual([{ index: 0 }]);
    },
  );

  it('gives the new configuration after a change, without a new socket', async () => {
    const hub = hubSide.app.get(ConnectorHub);
    const thermostat = connectorSide.app.get(Thermostat);
    const [before] = hub.sessions();
    await hub.setConfiguration('thermostat', { room: 'hall' });
    await waitFor('the configuration', () => thermostat.seen.at(-1) !== 'close' && thermostat.seen.length >= 4);
    expect(thermostat.seen.slice(2)).toEqual(['close', { connect: { room: 'hall' } }]);
    expect(hub.sessions()[0]?.id).toBe(before?.id);
  });

  it('serves the sources by HTTP, with rows in parts', async () => {
    const list = (await (await fetch(`${hubSide.url}/sources`)).json()) as { name: string; state: string }[];
    expect(list).toMatchObject([{ name: 'thermostat', state: 'connected' }]);
    const ask = (accept: string, body: unknown) =>
      fetch(`${hubSide.url}/sources/thermostat/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify(body),
      });
    expect(await (await ask('application/json', { count: 2 })).json()).toEqual([{ index: 0 }, { index: 1 }]);
    const ndjson = await ask('application/x-ndjson', { count: 2 });
    expect(ndjson.headers.get('content-type')).toContain('application/x-ndjson');
    expect(await ndjson.text()).toBe('{"index":0}\n{"index":1}\n');
    expect(await (await ask('text/event-stream', { count: 1 })).text()).toBe(
      'event: row\ndata: {"index":0}\n\nevent: end\ndata: {"rows":1}\n\n',
    );
    const failed = await ask('application/json', { fail: true });
    expect(failed.status).toBe(502);
    expect(await failed.json()).toMatchObject({
      detail: { messageCode: 'com.example.bad', message: 'Bad query of mine' },
    });
    expect((await fetch(`${hubSide.url}/sources/nobody`)).status).toBe(404);
    const newest = await (await fetch(`${hubSide.url}/sources/thermostat/notifications?count=2`)).json();
    expect(newest).toMatchObject([{ object: { index: 498 } }, { object: { index: 499 } }]);
  });
});
