import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { RawConnector } from '../connector/support/raw-connector.js';
import { PlaygroundModule } from '../rpc/support/playground.js';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Deeper than any of ours goes: what `JSON.stringify` still writes, what it does not, and what would take seconds to parse. */
const DEPTHS = [1500, 6000, 100_000];
const NAMES = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":null}';

describe.each(BOTH_HTTP_ADAPTERS)('JSON of hostile shape on %s', (adapter) => {
  let running: RunningApplication;
  let connector: RawConnector;
  beforeAll(async () => {
    running = await startApplication(
      [
        StreamStoreModule.forRoot({ store: memoryStore() }),
        ConnectivityModule.forRoot({}),
        ConnectorHubModule.forRoot({ sources: { a: {} } }),
        RpcModule.forRoot(),
        PlaygroundModule,
      ],
      { adapter },
    );
    connector = await RawConnector.connect(running.wsUrl, 'a');
  });
  afterAll(() => running.close());

  const send = async (method: string, path: string, body?: string): Promise<{ status: number; text: string }> => {
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const response = await fetch(`${running.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, text: await response.text() };
  };

  const places: readonly (readonly [string, string, (deep: string) => string])[] = [
    ['PUT', '/streams/camera', (deep) => `{"meta":${deep}}`],
    ['PUT', '/sources/a', (deep) => `{"meta":${deep}}`],
    ['POST', '/sources/a/publish', (deep) => deep],
    ['POST', '/sources/a/query', (deep) => `{"meta":${deep}}`],
    ['POST', '/publish', (deep) => `{"partition":"p","connections":[],"more":${deep}}`],
    ['POST', '/getconnection/p', (deep) => `{"uid_regex":".*","data_type":"d","more":${deep}}`],
    ['POST', '/retract', (deep) => `{"partition":"p","connections":${deep}}`],
    ['POST', '/retract-partition', (deep) => `{"partition":${deep}}`],
  ];
  it.each(places)('%s %s refuses what is nested too deep', async (method, path, wrap) => {
    for (const deep of DEPTHS.flatMap((depth) => [lists(depth), objects(depth), '['.repeat(depth)])) {
      const { status } = await send(method, path, wrap(deep));
      expect(status).toBeGreaterThanOrEqual(400);
      // Above what a message may have, its size is the fault.
      expect([400, 413, 422]).toContain(status);
    }
  });

  it('says how deep it may be, and takes that', async () => {
    const { status, text } = await send('PUT', '/streams/deep', `{"meta":${lists(1000)}}`);
    expect(status).toBe(422);
    expect(text).toContain('nested deeper than 1000 levels');
    expect((await send('PUT', '/streams/deep', `{"meta":${lists(999)}}`)).status).toBe(200);
    expect((await send('GET', '/streams/deep')).text).toContain(lists(999));
    expect((await send('PUT', '/sources/b', `{"meta":${lists(999)}}`)).status).toBe(204);
    expect((await send('GET', '/sources/b')).text).toContain(lists(999));
    expect((await send('PUT', `/streams/by-query?meta=${encodeURIComponent(`{"a":${lists(1100)}}`)}`)).status).toBe(
      422,
    );
  });

  // What `JSON.stringify` still writes, and what it does not.
  it.each([1500, 20_000])('refuses it from the code of the host too: %d levels', async (depth) => {
    const deep = JSON.parse(objects(depth)) as Record<string, unknown>;
    const store = running.app.get(StreamStore, { strict: false });
    await expect(store.setMetadata('x', { meta: deep })).rejects.toMatchObject({ code: 'INVALID' });
    const hub = running.app.get(ConnectorHub, { strict: false });
    await expect(hub.setConfiguration('x', deep)).rejects.toMatchObject({ code: 'INVALID' });
    await expect(hub.publish('a', deep)).rejects.toMatchObject({ code: 'INVALID' });
    await expect(hub.query('a', deep)).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('answers a deep message of a connector by the protocol, and serves it on', async () => {
    for (const depth of DEPTHS) {
      connector.send(`{"op":"notification","resourceName":"sources","resourceId":"a","object":${objects(depth)}}`);
      expect(await connector.next()).toMatchObject({ status: 400, body: [{ code: 'millrace.hub.unreadable' }] });
    }
    connector.send(`{"op":"notification","resourceName":"sources","resourceId":"a","object":${objects(1000)}}`);
    expect(await connector.next()).toEqual({ status: 200 });
    expect((await send('GET', '/sources/a/notifications')).text).toContain(objects(1000));
  });

  it('refuses the deep call of a client, whose other calls go on', async () => {
    const socket = await SocketClient.open(`${running.wsUrl}/rpc`);
    const call = (params: string, id = '"x"'): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"echo","params":${params}}`;
    for (const depth of [6000, 100_000, 5_000_000]) {
      socket.send(call(lists(depth)));
      expect(JSON.parse(await socket.nextText())).toMatchObject({ id: 'x', error: { code: -32600 } });
      socket.send(call('['.repeat(depth)));
      expect(JSON.parse(await socket.nextText())).toMatchObject({ id: null, error: { code: -32700 } });
    }
    socket.send(call(lists(6000), '12345678901234567890'));
    expect(await socket.nextText()).toContain('"id":12345678901234567890,"error"');
    socket.send(call(lists(6000), '{}'));
    expect(JSON.parse(await socket.nextText())).toMatchObject({ id: null, error: { code: -32600 } });
    socket.send(call('[1]'));
    expect(JSON.parse(await socket.nextText())).toMatchObject({ id: 'x', result: [1] });
    await socket.close();
    expect((await send('POST', '/rpc', call(lists(6000)))).text).toContain('-32600');
  });

  it('keeps names of the prototype as data', async () => {
    const plain = (text: string): string => JSON.stringify(JSON.parse(text));
    expect((await send('PUT', '/streams/names', NAMES)).status).toBe(200);
    const stream = JSON.parse((await send('GET', '/streams/names')).text) as { meta: string };
    expect(stream.meta).toBe(plain(NAMES));
    expect((await send('PUT', '/sources/names', NAMES)).status).toBe(204);
    expect((await send('GET', '/sources/names')).text).toContain(`"configuration":${plain(NAMES)}`);
    expect((await send('POST', '/sources/a/publish', NAMES)).status).toBe(202);
    const published = await waitFor('the publish', () =>
      connector.client.frames.find(({ data }) => data.includes('"op":"publish"')),
    );
    expect(published.data.toString()).toContain(`"object":${plain(NAMES)}`);
    const echoed = await send('POST', '/rpc', `{"jsonrpc":"2.0","id":1,"method":"echo","params":${NAMES}}`);
    expect(echoed.text).toContain(plain(NAMES));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
