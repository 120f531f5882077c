import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ReconnectPolicy } from '../../libs/connector/src/client/session/attempt-loop.js';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { accept, both, closeWith, configure, inTurn, refuse, type Step } from './support/script-steps.js';
import { ScriptedServer } from './support/scripted-server.js';

describe('A connector keeps its connection up', () => {
  const connectors = new Connectors();
  let server: ScriptedServer;
  beforeEach(async () => (server = await ScriptedServer.start()));
  afterEach(async () => {
    jest.restoreAllMocks();
    await connectors.close();
    await server.close();
  });

  /** The pauses of the protocol at a tenth of their length; a second here is ten there. */
  const tenth = { backoff: { initial: '50ms', max: '3s' } } as const;
  /** Attempts in the first second. */
  const attemptsInASecond = async (): Promise<number> => {
    const end = Date.now() + 1000;
    await waitFor('the end of the second, and a second attempt', () => Date.now() > end && server.links.length > 1);
    return server.links.length;
  };

  it('connector#24: comes back with growing pauses when its claim is refused', async () => {
    server.script.claim = refuse(404, 'hub.unknown', 'No such source');
    const { source, names } = await connectors.start(server.url, {}, tenth);
    const attempts = await attemptsInASecond();
    expect(attempts).toBeGreaterThan(1);
    expect(attempts).toBeLessThanOrEqual(10);
    expect(source.status).toMatchObject({
      lastError: 'The claim was refused: 404 :: hub.unknown:No such source',
      connects: 0,
    });
    expect(source.status.attempts).toBeGreaterThanOrEqual(attempts);
    expect(names()).toEqual([]);
    server.script.claim = configure();
    await waitFor('the connection', () => source.state === 'connected');
    expect(source.status.attempts).toBe(0);
  });

  it.each([1000, 1001, 1012])(
    'connector#27: a server that closes with %d after each configuration causes no storm',
    async (code) => {
      server.script.claim = both(configure(), closeWith(code));
      const { names, source } = await connectors.start(server.url, {}, tenth);
      const attempts = await attemptsInASecond();
      expect(attempts).toBeGreaterThan(1);
      expect(attempts).toBeLessThanOrEqual(10);
      server.script.claim = configure();
      await waitFor('the connection', () => source.state === 'connected');
      const closes = names().filter((name) => name === 'close').length;
      expect(names()).toEqual([...Array<string[]>(closes).fill(['connect', 'close']).flat(), 'connect']);
    },
  );

  /** Pauses between attempts, in milliseconds, as the back-off gives them, and for what it gives each. */
  const pausesOf = (): { readonly taken: number[]; readonly reasons: [served: number, worked: boolean][] } => {
    const given = jest.spyOn(ReconnectPolicy.prototype, 'pauseAfter');
    return {
      reasons: given.mock.calls,
      get taken() {
        return given.mock.results.map(({ value }) => value as number);
      },
    };
  };

  it.each<[string, Step]>([
    ['a publish', (link) => link.publish({ a: 1 })],
    ['a query', (link) => link.query({}, 'q')],
    ['a request for a new claim', (link) => link.requireReconnect()],
  ])('connector#26: comes back soon to a server that is cut after %s each time', async (_what, work) => {
    const pauses = pausesOf();
    server.script.claim = (link, message) => {
      if (link.configurations > 0) link.cut();
      else both(configure(), work)(link, message);
    };
    await connectors.start(
      server.url,
      { publish: () => server.links.at(-1)?.cut(), query: () => server.links.at(-1)?.cut() },
      tenth,
    );
    await waitFor('twelve connections', () => server.links.length > 12);
    // The shortest pause is 50 ms, and there is a floor of half of it.
    expect(pauses.taken.filter((pause) => pause < 25 || pause > 50)).toEqual([]);
  });

  it('connector#26: comes back soon to a server that is cut after each acknowledgement', async () => {
    const pauses = pausesOf();
    const { source } = await connectors.start(server.url, {}, tenth);
    for (let index = 0; index < 8; index += 1) {
      const link = await server.connected(index);
      await source.notify({ index });
      expect(await source.flush(60_000)).toBe(true);
      link.cut();
    }
    await server.connected(8);
    expect(pauses.taken).toHaveLength(8);
    expect(pauses.taken.filter((pause) => pause < 25 || pause > 50)).toEqual([]);
  });

  it('connector#26: waits longer each time for a server that ends connections which carried nothing', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999);
    const pauses = pausesOf();
    server.script.claim = both(configure(), closeWith(1000));
    await connectors.start(server.url, {}, tenth);
    await waitFor('five pauses', () => pauses.taken.length >= 5);
    expect(pauses.taken.slice(0, 5).map(Math.round)).toEqual([50, 100, 200, 400, 799]);
  });

  it('connector#26: takes a hub that restarts after less than a second of service for one that carried nothing', async () => {
    const pauses = pausesOf();
    server.script.claim = both(configure(), closeWith(1012));
    await connectors.start(server.url, {}, tenth);
    await waitFor('five pauses', () => pauses.taken.length >= 5);
    for (const [served, worked] of pauses.reasons) expect([served, worked]).toEqual([served, served >= 1000]);
  });

  it('connector#26: waits for no hub that says goodbye and then keeps its connection', async () => {
    server.script.claim = inTurn(
      both(configure(), (link) => {
        link.ws.close(1012);
        // It does not read the answer to that.
        link.ws.pause();
      }),
      configure(),
    );
    const { source } = await connectors.start(server.url, {}, tenth);
    // Less than the half minute that the library would wait.
    await waitFor('the next connection', () => server.links.length === 2, { deadline: 25_000 });
    await waitFor('its service', () => source.isConnected);
  });

  it('connector#25: connects and closes alternate over ten cuts', async () => {
    const { names, source } = await connectors.connect(server.url);
    for (let index = 0; index < 10; index += 1) {
      const link = await server.connected(index);
      await waitFor('the connection', () => source.isConnected);
      link.cut();
    }
    await server.connected(10);
    await waitFor('the last connect', () => source.status.connects === 11 && source.isConnected);
    expect(source.status.closes).toBe(10);
    expect(names()).toEqual([...Array<string[]>(10).fill(['connect', 'close']).flat(), 'connect']);
  });

  it('connector#25: a cut during the connect handler still gives each connect its close', async () => {
    let calls = 0;
    let running = 0;
    const states: string[] = [];
    const { names, source, set } = await connectors.make(server.url, {
      connect: async () => {
        expect((running += 1)).toBe(1);
        if ((calls += 1) <= 3) {
          server.links.at(-1)?.cut();
          await server.connected(calls);
        }
        running -= 1;
      },
      close: () => expect(running).toBe(0),
    });
    source.onStatus(({ state }) => states.push(state));
    set.start();
    await waitFor('the connection', () => source.state === 'connected');
    const closes = names().filter((name) => name === 'close').length;
    expect(names()).toEqual([...Array<string[]>(closes).fill(['connect', 'close']).flat(), 'connect']);
    expect(source.status).toMatchObject({ connects: closes + 1, closes });
    // A socket that had ended meanwhile is never said to be connected.
    expect(states.filter((state) => state === 'connected')).toHaveLength(1);
  });

  it('connector#25: connections that ended before the connect handler could start are passed over', async () => {
    let open = (): void => undefined;
    const first = new Promise<void>((resolve) => (open = resolve));
    let configurations = 0;
    server.script.claim = (link, message) => configure({ n: (configurations += 1) })(link, message);
    const { events, source } = await connectors.start(server.url, {
      connect: (_context, config) => ((config as { n: number }).n === 1 ? first : undefined),
    });
    await server.connected(0);
    await waitFor('the connect handler', () => events.length === 1);
    for (let index = 0; index < 3; index += 1) (await server.connected(index)).cut();
    await server.connected(3);
    open();
    await waitFor('the connection', () => source.state === 'connected');
    expect(events).toEqual([
      { event: 'connect', value: { n: 1 } },
      { event: 'close' },
      { event: 'connect', value: { n: 4 } },
    ]);
  });

  it('connector#28: reconnectRequired gives close, a claim with the same secret, and connect with the new configuration', async () => {
    server.script.claim = inTurn(configure({ n: 1 }), configure({ n: 2 }));
    const { events, source } = await connectors.connect(server.url);
    server.links[0]?.requireReconnect();
    await waitFor('the new configuration', () => events.length === 3 && source.state === 'connected');
    expect(events).toEqual([
      { event: 'connect', value: { n: 1 } },
      { event: 'close' },
      { event: 'connect', value: { n: 2 } },
    ]);
    expect(new Set(server.links.map(({ secret }) => secret)).size).toBe(1);
    expect(server.links[0]?.ops('connectExtension')).toHaveLength(2);
  });

  it('connector#28: a refused claim after reconnectRequired leads to a new socket', async () => {
    server.script.claim = inTurn(configure({ n: 1 }), refuse(503), configure({ n: 2 }));
    const { events, source } = await connectors.connect(server.url);
    server.links[0]?.requireReconnect();
    await waitFor('the new configuration', () => source.status.connects === 2);
    expect(events.map(({ event }) => event)).toEqual(['connect', 'close', 'connect']);
    expect(server.links).toHaveLength(2);
    expect(server.links[1]?.secret).toBe(server.links[0]?.secret);
  });

  it('connector#28: a hub that asks for a new claim after each one gets them at a bounded rate, and the last one is served', async () => {
    let asked = 0;
    server.script.claim = (link, message) => {
      configure({ n: asked })(link, message);
      if ((asked += 1) < 4) link.requireReconnect();
    };
    const began = performance.now();
    const { source } = await connectors.connect(server.url);
    await waitFor('the last claim', () => asked === 4 && source.state === 'connected');
    // The first is sent at once, the other two a second after the one before.
    expect(performance.now() - began).toBeGreaterThan(1950);
    expect(server.links).toHaveLength(1);
  });

  it('connector#28: a query from before reconnectRequired is answered after the new configuration', async () => {
    let answer = (): void => undefined;
    const { names } = await connectors.connect(server.url, {
      query: () => new Promise((resolve) => (answer = () => resolve({ late: true }))),
    });
    const [link] = server.links;
    link?.query({}, 'q');
    await waitFor('the query', () => names().includes('query'));
    link?.requireReconnect();
    await waitFor('the new claim', () => link?.configurations === 2);
    answer();
    expect(await link?.answer('q')).toMatchObject([{ status: 200, body: { late: true } }]);
  });

  it('connector#29: gives up on a server that takes the TCP connection and says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { source } = await connectors.start(`http://127.0.0.1:${port}`, {}, { handshakeTimeout: '50ms' });
    await waitFor('a second attempt', () => sockets.length > 1);
    expect(source.status.lastError).toBeDefined();
    await connectors.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('gives up on a token that never comes', async () => {
    let asked = 0;
    const authToken = () => ((asked += 1) === 1 ? new Promise<string>(() => undefined) : 'token');
    const { set, source } = await connectors.make(server.url, {}, { authToken, handshakeTimeout: '1s' });
    // The first one: where the machine stands still for a second the next attempt has an error too.
    let firstError: string | undefined;
    source.onStatus(({ lastError }) => (firstError ??= lastError));
    set.start();
    await waitFor('the connection', () => source.isConnected);
    expect(firstError).toBe('The token did not come within 1000 ms');
    const never = await connectors.start(server.url, {}, { authToken: () => new Promise<string>(() => undefined) });
    await never.set.close();
    expect(never.source.state).toBe('closed');
  });

  it('connector#32: each source has a socket of its own; one refused for ever leaves the others alone', async () => {
    server.script.claim = (link, message) => (message.resourceId === 'bad' ? refuse(403) : configure())(link, message);
    const { set } = await connectors.start(server.url, {}, { sources: ['good', 'bad', 'fine'] });
    await waitFor('the refused one to have tried often', () => server.linksOf('bad').length > 3);
    await waitFor('the others', () => ['good', 'fine'].every((name) => set.connection(name)?.isConnected));
    for (const name of ['good', 'fine']) {
      const link = server.linksOf(name)[0];
      for (let n = 0; n < 20; n += 1) link?.query({ n }, `q${n}`);
      for (let n = 0; n < 20; n += 1) await link?.answer(`q${n}`);
      await set.connection(name)?.notify({ name });
      expect(await set.connection(name)?.flush(60_000)).toBe(true);
      expect(server.linksOf(name)).toHaveLength(1);
      expect(set.connection(name)?.status).toMatchObject({ state: 'connected', connects: 1, closes: 0 });
      expect(set.connection(name)?.status.lastError).toBeUndefined();
    }
    server.linksOf('good')[0]?.cut();
    await waitFor('the cut one', () => server.linksOf('good')[1]?.configurations);
    expect(server.linksOf('fine')).toHaveLength(1);
    expect(set.connection('bad')?.status).toMatchObject({ connects: 0 });
  });

  it('connector#32: a source whose token is refused for good ends alone; run() reports it when the others have ended', async () => {
    const { set } = await connectors.make(server.url, {}, { sources: ['a', 'b'] });
    server.script.validate = inTurn(accept, refuse(401));
    const run = set.run();
    await waitFor('one to fail and one to serve', () =>
      ['connected', 'failed'].every((wanted) => set.statuses().some(({ state }) => state === wanted)),
    );
    let ended = false;
    run.catch(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    await set.close();
    await expect(run).rejects.toThrow('Connect call failed: 401');
  });

  it('connector#33: close() is final, calls the close handler once, and resolves when the socket is closed', async () => {
    const { source, names } = await connectors.connect(server.url);
    await Promise.all([source.close(), source.close()]);
    expect(await server.links[0]?.closed).toEqual({ code: 1000, reason: 'Closed by client' });
    expect(names()).toEqual(['connect', 'close']);
    expect(source.status).toMatchObject({ state: 'closed', connects: 1, closes: 1 });
    source.start();
    source.reconnect();
    await expect(source.notify({})).rejects.toMatchObject({ code: 'GOING_AWAY' });
    await expect(waitFor('an attempt', () => server.links.length > 1, { deadline: 250 })).rejects.toThrow();
    expect(names()).toEqual(['connect', 'close']);
  });

  it('connector#25: a cut during the claim that reconnectRequired asked for gives no second close', async () => {
    const { source, names } = await connectors.connect(server.url);
    const link = server.links[0];
    server.script.claim = () => undefined;
    link?.requireReconnect();
    await waitFor('the new claim', () => link?.ops('connectExtension').length === 2);
    server.script.claim = undefined;
    link?.cut();
    await server.connected(1);
    await waitFor('the connection', () => source.isConnected);
    expect(names()).toEqual(['connect', 'close', 'connect']);
    expect(source.status).toMatchObject({ connects: 2, closes: 1 });
  });

  it('connector#33: close() resolves after the close handler', async () => {
    const order: string[] = [];
    const { source } = await connectors.connect(server.url, {
      close: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        order.push('handler');
      },
    });
    await source.close();
    order.push('close()');
    expect(order).toEqual(['handler', 'close()']);
  });

  it('connector#26: good service makes the next pause a short one again', async () => {
    // Without it the third pause would be one of up to 17 minutes.
    const backoff = { initial: '1ms', factor: 1000, max: '1h' };
    const { source } = await connectors.connect(server.url, {}, { backoff, resetBackoffAfter: '30ms' });
    for (let round = 0; round < 5; round += 1) {
      await waitFor('the connection', () => source.isConnected);
      await new Promise((resolve) => setTimeout(resolve, 50));
      server.links[round]?.cut();
      await server.connected(round + 1);
    }
    expect(source.status.connects).toBeGreaterThanOrEqual(5);
  });

  it.each([
    ['before it was started', 'idle'],
    ['in the pause between attempts', 'waiting'],
    ['while it authenticates', 'authenticating'],
  ] as const)('connector#33: close() %s', async (_what, state) => {
    server.script.validate = state === 'waiting' ? closeWith(1011) : () => undefined;
    const { source, set, names } = await connectors.make(server.url, {}, { backoff: { initial: '1h', max: '1h' } });
    if (state !== 'idle') set.start();
    await waitFor(state, () => source.state === state);
    await source.close();
    expect(source.state).toBe('closed');
    expect(names()).toEqual([]);
  });

  it.each(['connect', 'publish', 'query', 'close'] as const)(
    'connector#33: close() may be called in the %s handler',
    async (handler) => {
      let done = false;
      const { source, set, names } = await connectors.make(server.url, {
        [handler]: async () => {
          await source.close();
          done = true;
        },
      });
      set.start();
      const link = await server.connected(0);
      link.publish({});
      link.query({}, 'q');
      if (handler === 'close') {
        await waitFor('the connection', () => source.isConnected);
        link.cut();
      }
      await waitFor('the handler', () => done);
      await source.close();
      expect(source.state).toBe('closed');
      expect(names().filter((name) => name === 'connect' || name === 'close')).toEqual(['connect', 'close']);
    },
  );

  it('a connect handler that never ends does not hold the close of the set up for longer than it drains', async () => {
    const { set, names } = await connectors.start(server.url, { connect: () => new Promise(() => undefined) });
    const link = await server.connected(0);
    await waitFor('the connect handler', () => names().length === 1);
    await set.close();
    expect(await link.closed).toMatchObject({ code: 1000 });
    expect(names()).toEqual(['connect']);
  });

  it('a publish handler that calls close() does not wait for itself when others close too', async () => {
    const { source, set } = await connectors.connect(server.url, { publish: () => set.close() });
    server.links[0]?.publish({});
    await waitFor('the end', () => source.state === 'closed');
  });

  it('reconnect() comes back at once, also out of a pause, and only once', async () => {
    server.script.validate = inTurn(closeWith(1011), accept);
    const { source } = await connectors.start(server.url, {}, { backoff: { initial: '1h', max: '1h' } });
    await waitFor('the pause', () => source.state === 'waiting');
    source.reconnect();
    await waitFor('the connection', () => source.state === 'connected');
    source.reconnect();
    await server.connected(2);
    await waitFor('the connection', () => source.state === 'connected');
    server.links[2]?.cut();
    await waitFor('the pause', () => source.state === 'waiting');
    expect(server.links).toHaveLength(3);
  });

  it('ends with its first failure when asked to', async () => {
    server.script.claim = refuse(404, 'hub.unknown', 'No such source');
    const { set, source } = await connectors.make(server.url, {}, { failOnConnectionError: true });
    await expect(set.run()).rejects.toMatchObject({ property: 'failOnConnectionError' });
    expect(source.state).toBe('failed');
    expect(server.links).toHaveLength(1);
  });

  it('goes on when a listener of its status throws', async () => {
    const { source } = await connectors.connect(server.url);
    source.onStatus(() => {
      throw new Error('listener');
    });
    server.links[0]?.cut();
    await server.connected(1);
    await waitFor('the connection', () => source.isConnected);
  });
});
