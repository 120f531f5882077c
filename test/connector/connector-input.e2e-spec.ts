import { waitFor } from '../support/waiting.js';
import { Connectors, type RunningConnector } from './support/connector.js';
import type { ServerLink } from './support/server-link.js';
import { ScriptedServer } from './support/scripted-server.js';

const MIB = 1_048_576;

describe('What a connector does with odd input', () => {
  const connectors = new Connectors();
  let server: ScriptedServer;
  let connector: RunningConnector;
  let link: ServerLink;

  const connect = async (options = {}): Promise<void> => {
    connector = await connectors.connect(server.url, { query: () => [{ row: 1 }] }, options);
    link = await server.connected(0);
  };
  /** Whether a connection still serves: a query behind everything else is answered on it. */
  const serves = async (on: ServerLink): Promise<boolean> => {
    on.query({}, 'last');
    return (await on.answer('last')).length === 1;
  };

  beforeEach(async () => {
    server = await ScriptedServer.start();
  });
  afterEach(async () => {
    await connectors.close();
    await server.close();
  });

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['an unknown op', { op: 'nope' }],
    ['the op null', { op: null }],
    ['an op that is a number', { op: 5 }],
    ['an op that is a list', { op: ['publish'] }],
    ['a plain status', { status: 200 }],
    ['a status with a body', { status: 200, body: { userInfo: {} } }],
    ['an error status', { status: 500, body: [{ code: 'c', message: 'm', params: null }] }],
    ['an error status with an odd body', { status: 500, body: { deep: [null] } }],
    ['a status null', { status: null }],
    ['a status below 100', { status: -1 }],
    ['a configuration that was not asked for', { op: 'configureExtension', object: { config: { n: 2 } } }],
    ['a query without headers', { op: 'query', object: {} }],
    ['a query with headers of another kind', { op: 'query', object: {}, messageHeaders: ['x'] }],
    ['a query with an address of another kind', { op: 'query', object: {}, messageHeaders: { REPLY_ADDR_HEADER: 5 } }],
    ['a query with an empty address', { op: 'query', object: {}, messageHeaders: { REPLY_ADDR_HEADER: '' } }],
    ['a message for the constructor', JSON.parse('{"__proto__":{"op":"publish"},"constructor":{"prototype":{}}}')],
  ])('connector#31: %s is ignored, and the connection stays up', async (_what, message) => {
    await connect();
    link.send(message);
    expect(await serves(link)).toBe(true);
    expect(connector.names()).toEqual(['connect', 'query']);
    expect(server.links).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['no JSON', 'not JSON'],
    ['nothing', ''],
    ['half a message', '{"op":"publish","object":'],
    ['a list', '[]'],
    ['a number', '5'],
    ['null', 'null'],
    ['a text', '"publish"'],
    ['a status that is a text', { status: '500' }],
    ['a status that is an object', { status: {} }],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['deep nesting without an end', '['.repeat(100_000)],
  ])('connector#31: %s drops the connection, counts as a failure, and is not quoted', async (_what, message) => {
    await connect();
    link.send(message);
    const next = await server.connected(1);
    expect((await link.closed).code).toBe(1007);
    expect(connector.source.status.lastError).toMatch(/^The (message|status of the message) is not /);
    await waitFor('the connection', () => connector.source.isConnected);
    expect(await serves(next)).toBe(true);
    expect(connector.names()).toEqual(['connect', 'close', 'connect', 'query']);
  });

  it('connector#31: frames that break the WebSocket protocol drop the connection', async () => {
    await connect();
    const { _socket: socket } = link.ws as unknown as { _socket: { write(data: Buffer): void } };
    socket.write(Buffer.from([0xff, 0xff, 0xff]));
    expect(await serves(await server.connected(1))).toBe(true);
    expect(connector.source.status.lastError).toContain('Invalid WebSocket frame');
  });

  it('connector#31: a publish without an object gives the handler nothing; one for another source is taken as this one', async () => {
    await connect();
    link.send({ op: 'publish' });
    link.send({ op: 'publish', resourceId: 'other', object: { n: 1 } });
    const publishes = await waitFor('both', () => {
      const found = connector.events.filter(({ event }) => event === 'publish');
      return found.length === 2 ? found : undefined;
    });
    expect(publishes.map(({ value }) => value)).toEqual([undefined, { n: 1 }]);
  });

  it('fields that servers add, and null for those they leave out, are ignored', async () => {
    await connect();
    const extra = { isSystemResource: false, skipMonitoring: true, address: 'uuid', namespaceName: null, locale: null };
    link.send({ op: 'publish', object: { n: 1 }, parameters: {}, messageHeaders: null, ...extra });
    await waitFor('the publish', () => connector.events[1]);
    expect(connector.events[1]).toEqual({ event: 'publish', value: { n: 1 } });
  });

  it('connector#30: binary frames are understood, in every step', async () => {
    const binary = (message: object) => (on: ServerLink) => on.send(Buffer.from(JSON.stringify(message)));
    server.script = {
      validate: binary({ status: 200 }),
      claim: (on) => {
        binary({ op: 'configureExtension', resourceId: 's', object: { config: { ü: 1 } } })(on);
        on.configurations += 1;
      },
      notification: binary({ status: 200 }),
    };
    await connect();
    binary({ op: 'publish', object: { text: '😀' } })(link);
    await connector.source.notify({ n: 1 });
    expect(await connector.source.flush(60_000)).toBe(true);
    binary({ op: 'query', object: {}, messageHeaders: { REPLY_ADDR_HEADER: 'q' } })(link);
    expect(await link.answer('q')).toMatchObject([{ status: 200 }]);
    expect(connector.events.slice(0, 2)).toEqual([
      { event: 'connect', value: { ü: 1 } },
      { event: 'publish', value: { text: '😀' } },
    ]);
  });

  it('connector#35: a message above the limit is reported, and the connection made anew; the limit may be set', async () => {
    const message = (bytes: number): string => {
      const empty = '{"op":"publish","object":""}';
      return `{"op":"publish","object":"${'x'.repeat(bytes - empty.length)}"}`;
    };
    await connect({ maxPayload: MIB });
    link.send(message(MIB));
    await waitFor('the publish', () => connector.names().includes('publish'));
    link.send(message(MIB + 1));
    const next = await server.connected(1);
    expect((await link.closed).code).toBe(1009);
    expect(connector.source.status.lastError).toContain(`${MIB} bytes; raise maxPayload`);
    await waitFor('the connection', () => connector.source.isConnected);
    expect(await serves(next)).toBe(true);

    const patient = await connectors.connect(server.url);
    (await server.connected(2)).send(message(MIB + 1));
    await waitFor('the publish, by the limit of 16 MiB', () => patient.names().includes('publish'));
  });

  it.each(['testRequestsClientClose', 'shutdown', 'validate', 'notification', '', 'constructor', '__proto__'])(
    'connector#45: the operation "%s" is ignored',
    async (op) => {
      await connect();
      link.send({ op, resourceName: 'sources', resourceId: 's', object: {} });
      expect(await serves(link)).toBe(true);
      expect(connector.source.status).toMatchObject({ state: 'connected', closes: 0 });
    },
  );
});
