import { ConnectorConfigError } from '@millrace/connector';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { closeWith, configure, cut, inTurn, refuse, say, silence } from './support/script-steps.js';
import { ScriptedServer } from './support/scripted-server.js';

describe('A connector opens its connection', () => {
  const connectors = new Connectors();
  let server: ScriptedServer;
  beforeEach(async () => (server = await ScriptedServer.start()));
  afterEach(async () => {
    await connectors.close();
    await server.close();
  });

  it('connector#3: authenticates by its first message', async () => {
    await connectors.connect(server.url, {}, { authToken: 'a.b=c' });
    expect(server.links[0]?.messages[0]).toEqual({
      op: 'validate',
      resourceName: 'system.credentials',
      object: 'a.b=c',
    });
  });

  it('connector#3: asks a token function anew for each attempt, and sends null when there is none', async () => {
    let asked = 0;
    const { source } = await connectors.connect(server.url, {}, { authToken: () => `token ${(asked += 1)}` });
    source.reconnect();
    const second = await server.connected(1);
    expect(second.messages[0]).toMatchObject({ op: 'validate', object: 'token 2' });
    await connectors.connect(server.url, {}, { authToken: undefined });
    expect(server.links[2]?.messages[0]).toMatchObject({ op: 'validate', object: null });
  });

  it('connector#4: claims its source with a secret', async () => {
    await connectors.connect(server.url, {}, { sources: ['größe/1'] });
    expect(server.links[0]?.messages[1]).toEqual({
      op: 'connectExtension',
      resourceName: 'sources',
      resourceId: 'größe/1',
      parameters: { reconnectSecret: expect.stringMatching(/^größe\/1_.{36}$/) as string },
    });
  });

  it('connector#5: keeps its secret over reconnects; another process has another, unless it is configured', async () => {
    const { source } = await connectors.connect(server.url);
    source.reconnect();
    (await server.connected(1)).cut();
    await server.connected(2);
    const [secret, ...later] = server.links.map((link) => link.secret);
    expect(later).toEqual([secret, secret]);
    await connectors.connect(server.url);
    expect(server.links[3]?.secret).not.toBe(secret);
    await connectors.connect(server.url, {}, { reconnectSecret: 'fixed' });
    expect(server.links[4]?.secret).toBe('s_fixed');
  });

  it.each([1, 10])('connector#6: skips %d statuses before the configuration', async (statuses) => {
    server.script.claim = configure({ n: 1 }, { statuses });
    const { events } = await connectors.connect(server.url);
    expect(events).toEqual([{ event: 'connect', value: { n: 1 } }]);
    expect(server.links).toHaveLength(1);
  });

  it('connector#6: starts anew after more than that', async () => {
    server.script.claim = inTurn(configure({}, { statuses: 11 }), configure({ n: 2 }));
    const { events } = await connectors.connect(server.url);
    expect(events).toEqual([{ event: 'connect', value: { n: 2 } }]);
    expect(server.links).toHaveLength(2);
  });

  it.each([[{ room: 'lab', deep: { list: [1, null, 'ü'] } }], [{}], [null], [[1, 2]]])(
    'connector#7: hands the connect handler the configuration %j, not its envelope',
    async (config) => {
      server.script.claim = configure(config);
      const { events } = await connectors.connect(server.url);
      expect(events).toEqual([{ event: 'connect', value: config }]);
    },
  );

  it('takes an answer to the token without a status as success', async () => {
    server.script.validate = say({});
    await connectors.connect(server.url);
    expect(server.links).toHaveLength(1);
  });

  it.each([400, 401, 403])('connector#22: a token refused with %d ends it for good', async (status) => {
    server.script.validate = refuse(status, 'io.vantiq.authentication.failed', 'Failed to authenticate.');
    const { set, source } = await connectors.make(server.url);
    const message = `Connect call failed: ${status} :: io.vantiq.authentication.failed:Failed to authenticate.`;
    const failure = set.run();
    await expect(failure).rejects.toThrow(ConnectorConfigError);
    await expect(failure).rejects.toThrow(message);
    expect(source.status).toMatchObject({ state: 'failed', lastError: message, attempts: 1, connects: 0 });
    expect(await server.links[0]?.closed).toMatchObject({ code: 1000 });
    // With pauses of at most 100 ms a further attempt would have come by now.
    await expect(waitFor('a further attempt', () => server.links.length > 1, { deadline: 250 })).rejects.toThrow();
  });

  it.each<[string, unknown]>([
    ['no body', { status: 401 }],
    ['a text', { status: 401, body: 'no' }],
    ['an empty list', { status: 401, body: [] }],
    ['a list of null', { status: 403, body: [null] }],
    ['no message', { status: 400, body: [{ code: 'c' }] }],
    ['a temporary status', { status: 503, body: [{ code: 'c', message: 'later' }] }],
    ['too many requests', { status: 429, body: [{ code: 'c', message: 'later' }] }],
  ])('connector#23: a refusal with %s is tried again', async (_what, answer) => {
    server.script.validate = inTurn(say(answer), say(answer), say({ status: 200 }));
    const { source } = await connectors.connect(server.url);
    expect(server.links).toHaveLength(3);
    expect(source.status.lastError).toContain('The authentication failed');
  });

  it.each([
    ['the token', 'validate'],
    ['the claim', 'claim'],
  ] as const)('connector#29: gives up on a server that never answers %s', async (_what, step) => {
    server.script[step] = inTurn(silence, step === 'claim' ? configure() : say({ status: 200 }));
    const { source } = await connectors.connect(server.url, {}, { answerTimeout: '1s' });
    expect(source.status.lastError).toMatch(/did not answer (validate|connectExtension) within 1000 ms/);
    expect(await server.links[0]?.closed).toMatchObject({ code: 1008 });
    // More of them only where the machine stood still for a second, and the answer of the next one came too late.
    expect(server.links.length).toBeGreaterThan(1);
    expect(await Promise.all(server.links.slice(1, -1).map(({ closed }) => closed))).toEqual(
      server.links.slice(1, -1).map(() => expect.objectContaining({ code: 1008 }) as unknown),
    );
  });

  it.each<[string, ReturnType<typeof say>]>([
    ['another operation in its place', say({ op: 'publish', object: {} })],
    ['no configuration in it', say({ op: 'configureExtension', object: {} })],
    ['no object in it', say({ op: 'configureExtension' })],
    ['garbage in its place', say('garbage')],
    ['a cut', cut],
    ['a close', closeWith(1011)],
  ])('starts anew when the configuration is due and there is %s', async (_what, step) => {
    server.script.claim = inTurn(step, configure({ n: 2 }));
    const { events, source } = await connectors.connect(server.url);
    expect(events).toEqual([{ event: 'connect', value: { n: 2 } }]);
    expect(source.status.lastError).toBeDefined();
  });

  it('starts anew when an operation comes before the answer to the token', async () => {
    server.script.validate = inTurn(say({ op: 'publish', object: {} }), say({ status: 200 }));
    const { names } = await connectors.connect(server.url);
    expect(names()).toEqual(['connect']);
    expect(server.links).toHaveLength(2);
  });
});
