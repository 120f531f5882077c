import { SourceQueryError, type QueryResponder, type SourceContext } from '@millrace/connector';
import { waitFor } from '../support/waiting.js';
import { Connectors } from './support/connector.js';
import { both, configure } from './support/script-steps.js';
import { ScriptedServer } from './support/scripted-server.js';

/** A promise that a test settles. */
function gate(): { readonly passed: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

describe('The handlers of a connector', () => {
  const connectors = new Connectors();
  let server: ScriptedServer;
  beforeEach(async () => (server = await ScriptedServer.start()));
  afterEach(async () => {
    await connectors.close();
    await server.close();
  });

  it('connector#8: no publish or query handler starts before the connect handler has ended', async () => {
    const { passed, open } = gate();
    server.script.claim = both(configure(), (link) => {
      link.publish({ n: 1 });
      link.query({ n: 2 }, 'q');
    });
    const { names, source } = await connectors.start(server.url, { connect: () => passed, query: () => ({ n: 3 }) });
    await waitFor('the connect handler, and work behind it', () => source.status.publishes + source.status.queries > 1);
    expect(names()).toEqual(['connect']);
    expect(source.isConnected).toBe(false);
    open();
    await server.links[0]?.answer('q');
    expect(names()).toEqual(['connect', 'publish', 'query']);
    expect(source.isConnected).toBe(true);
  });

  it.each<[string, unknown]>([
    ['text of all planes', { text: 'grüße \u0000 \u2028 😀 \ud83d', '': 'empty key' }],
    ['null', null],
    ['nothing', undefined],
    ['a list', [1, [2, [3]], {}]],
    ['a text', 'plain'],
    ['false', false],
    ['numbers', { large: 9_007_199_254_740_991, small: -9_007_199_254_740_991, part: 0.1, exponent: 1e-300 }],
    ['nesting', JSON.parse('{"a":'.repeat(500) + '1' + '}'.repeat(500))],
  ])('connector#9: the publish handler gets %s unchanged, and the name of the source', async (_what, object) => {
    const contexts: SourceContext[] = [];
    const { events } = await connectors.connect(server.url, { publish: (context) => contexts.push(context) });
    server.links[0]?.publish(object);
    await waitFor('the publish', () => contexts.length > 0);
    expect(events[1]).toEqual({ event: 'publish', value: object });
    expect(contexts[0]?.source_name).toBe('s');
  });

  it('connector#10: publishes are handled in order of arrival, one at a time', async () => {
    let running = 0;
    let most = 0;
    const { events } = await connectors.connect(server.url, {
      publish: async (_context, object) => {
        most = Math.max(most, (running += 1));
        // Those that came first take longest.
        if (Number((object as { n: number }).n) % 3 === 0) await new Promise(setImmediate);
        running -= 1;
      },
    });
    for (let n = 0; n < 200; n += 1) server.links[0]?.publish({ n });
    await waitFor('all publishes', () => events.length === 201 && running === 0);
    expect(events.slice(1).map(({ value }) => (value as { n: number }).n)).toEqual([...Array(200).keys()]);
    expect(most).toBe(1);
  });

  it('connector#11: the query handler gets parameters, name and address', async () => {
    const seen: unknown[] = [];
    await connectors.connect(server.url, {
      query: (context, object) => {
        seen.push([context.source_name, context.response_address, object]);
        return [];
      },
    });
    server.links[0]?.query({ count: 3, text: 'ü' }, 'b5a2/1');
    await server.links[0]?.answer('b5a2/1');
    expect(seen).toEqual([['s', 'b5a2/1', { count: 3, text: 'ü' }]]);
  });

  it.each<[string, (context: QueryResponder) => unknown, unknown[]]>([
    ['an object', () => ({ a: 1 }), [{ status: 200, body: { a: 1 } }]],
    ['a list', () => [{ a: 1 }, { a: 2 }], [{ status: 200, body: [{ a: 1 }, { a: 2 }] }]],
    ['an empty list', () => [], [{ status: 200, body: [] }]],
    ['nothing', () => undefined, [{ status: 204 }]],
    ['null', async () => null, [{ status: 204 }]],
    [
      'a generator',
      async function* () {
        yield { a: 1 };
        yield [{ a: 2 }, { a: 3 }];
      },
      [{ status: 100, body: { a: 1 } }, { status: 100, body: [{ a: 2 }, { a: 3 }] }, { status: 204 }],
    ],
    [
      'the responder',
      async (context) => {
        await context.partial({ a: 1 });
        await context.complete({ a: 2 });
      },
      [
        { status: 100, body: { a: 1 } },
        { status: 200, body: { a: 2 } },
      ],
    ],
  ])('connector#12: answers by %s', async (_what, query, expected) => {
    await connectors.connect(server.url, { query });
    server.links[0]?.query({}, 'address 1');
    const answer = await server.links[0]?.answer('address 1');
    const headers = { 'X-Reply-Address': 'address 1' };
    expect(answer).toEqual(expected.map((message) => ({ headers, ...(message as object) })));
  });

  it('connector#12 #13: answers by the connection and the context of the query, also after the handler has returned', async () => {
    const contexts: QueryResponder[] = [];
    const { source } = await connectors.connect(server.url, {
      query: (context) => {
        context.defer();
        contexts.push(context);
      },
    });
    server.links[0]?.query({}, 'one');
    server.links[0]?.query({}, 'two');
    const [one, two] = await waitFor('both queries', () => (contexts.length === 2 ? contexts : undefined));
    const saved = { source_name: 's', response_address: 'one' };
    await source.sendQueryResponse(saved, 100, [{ n: 1 }]);
    await source.sendQueryError(two!, { messageCode: 'a.b', messageTemplate: 'No {0}', parameters: ['x'] });
    await source.sendQueryResponse(one!, 204, { ignored: true });
    expect(await server.links[0]?.answer('one')).toMatchObject([{ status: 100, body: [{ n: 1 }] }, { status: 204 }]);
    expect(await server.links[0]?.answer('two')).toEqual([
      {
        status: 400,
        headers: { 'X-Reply-Address': 'two' },
        body: { messageCode: 'a.b', messageTemplate: 'No {0}', parameters: ['x'] },
      },
    ]);
    await expect(source.sendQueryResponse(saved, 200, {})).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['one without an address', { source_name: 's' }],
    ['one of another source', { source_name: 'other', response_address: 'q' }],
    ['one of an unknown query', { source_name: 's', response_address: 'other' }],
    ['a text', 'q'],
  ])('connector#14: answering with a context which is %s throws, and sends nothing', async (_what, context) => {
    const { source, names } = await connectors.connect(server.url, { query: (responder) => responder.defer() });
    server.links[0]?.query({}, 'q');
    await waitFor('the query', () => names().includes('query'));
    const report = { messageCode: 'c', messageTemplate: 't', parameters: [] };
    await expect(source.sendQueryResponse(context as never, 200, {})).rejects.toThrow();
    await expect(source.sendQueryError(context as never, report)).rejects.toThrow();
    await source.notify({ after: true });
    await source.flush(60_000);
    expect(server.links[0]?.messages.filter(({ status }) => status !== undefined)).toEqual([]);
  });

  it('connector#13 #15: a query without a handler, and one whose handler throws, is answered with an error', async () => {
    const reports = async (query: ((context: QueryResponder) => unknown) | null) => {
      await connectors.connect(server.url, { query });
      const link = server.links.at(-1);
      link?.query({}, 'q');
      const answer = await link?.answer('q');
      expect(answer).toMatchObject([{ status: 400, headers: { 'X-Reply-Address': 'q' } }]);
      return answer?.[0]?.body;
    };
    expect(await reports(null)).toEqual({
      messageCode: 'millrace.connector.noQueryHandler',
      messageTemplate: 'Source {0} answers no queries',
      parameters: ['s'],
    });
    // An unforeseen error may hold what nobody but the log should see.
    const unforeseen = {
      messageCode: 'millrace.connector.queryFailed',
      messageTemplate: 'The query handler of source {0} failed',
      parameters: ['s'],
    };
    expect(await reports(() => Promise.reject(new Error('password hunter2')))).toEqual(unforeseen);
    expect(await reports(() => ({ big: 1n }))).toEqual(unforeseen);
    expect(
      await reports(() => {
        throw new SourceQueryError('com.example.bad', 'Bad {0}', ['x']);
      }),
    ).toEqual({ messageCode: 'com.example.bad', messageTemplate: 'Bad {0}', parameters: ['x'] });
  });

  it('connector#15: an error in the middle of a generator ends the query with the error', async () => {
    await connectors.connect(server.url, {
      query: async function* () {
        yield { n: 1 };
        throw new SourceQueryError('com.example.late', 'Too late', []);
      },
    });
    server.links[0]?.query({}, 'q');
    expect(await server.links[0]?.answer('q')).toMatchObject([
      { status: 100 },
      { status: 400, body: { messageCode: 'com.example.late' } },
    ]);
  });

  it('connector#16: throwing publish and query handlers do not end the connection', async () => {
    const { names, source } = await connectors.connect(server.url, {
      publish: () => {
        throw new Error('publish');
      },
      query: () => Promise.reject(new Error('query')),
    });
    const link = server.links[0];
    for (let n = 0; n < 5; n += 1) {
      link?.publish({ n });
      link?.query({ n }, `q${n}`);
    }
    for (let n = 0; n < 5; n += 1) await link?.answer(`q${n}`);
    await waitFor('all publishes', () => names().filter((name) => name === 'publish').length === 5);
    expect(source.state).toBe('connected');
    expect(server.links).toHaveLength(1);
  });

  it('a connect handler that throws starts anew, and gets no close', async () => {
    let calls = 0;
    const { names } = await connectors.connect(server.url, {
      connect: () => {
        if ((calls += 1) === 1) throw new Error('not yet');
      },
    });
    expect(names()).toEqual(['connect', 'connect']);
    expect(await server.links[0]?.closed).toMatchObject({ code: 1011 });
  });

  it('queries run in parallel up to the limit, and those beyond what may wait are answered with an error', async () => {
    const { passed, open } = gate();
    let running = 0;
    await connectors.connect(
      server.url,
      {
        query: async () => {
          running += 1;
          await passed;
          return {};
        },
      },
      { maxParallelQueries: 3, maxWaitingQueries: 2 },
    );
    for (let n = 0; n < 6; n += 1) server.links[0]?.query({}, `q${n}`);
    expect(await server.links[0]?.answer('q5')).toMatchObject([{ body: { messageCode: 'millrace.connector.busy' } }]);
    expect(running).toBe(3);
    open();
    for (let n = 0; n < 5; n += 1) expect(await server.links[0]?.answer(`q${n}`)).toMatchObject([{ status: 200 }]);
  });

  it.each(['publish', 'query'] as const)(
    'connector#34: while a %s handler does not end, pings are answered and reconnectRequired is acted upon',
    async (handler) => {
      const { passed, open } = gate();
      const { names } = await connectors.connect(
        server.url,
        { [handler]: () => passed },
        { sendPings: true, pingInterval: '20ms', pingTimeout: '5s' },
      );
      const [link] = server.links;
      link?.publish({});
      link?.query({}, 'q');
      await waitFor('the handler', () => names().includes(handler));
      const { pings = 0 } = link ?? {};
      link?.ws.ping();
      await waitFor('the pong, and pings of its own', () => link?.pongs && link.pings > pings + 1);
      server.script.claim = configure({ second: true });
      link?.requireReconnect();
      await waitFor('the new claim', () => names().filter((name) => name === 'connect').length === 2);
      expect(names().filter((name) => name === 'close')).toHaveLength(1);
      expect(server.links).toHaveLength(1);
      open();
    },
  );

  it('connector#34: while a connect handler does not end, pings are answered and reconnectRequired leads to a new claim', async () => {
    const { passed, open } = gate();
    const { names, source } = await connectors.start(server.url, { connect: () => passed });
    const link = await server.connected(0);
    link.ws.ping();
    await waitFor('the pong', () => link.pongs === 1);
    link.requireReconnect();
    await waitFor('the new claim', () => link.configurations === 2);
    expect(names()).toEqual(['connect']);
    open();
    await waitFor('the connection', () => source.state === 'connected');
    expect(names()).toEqual(['connect', 'close', 'connect']);
  });
});
