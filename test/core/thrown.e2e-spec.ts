/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- the things thrown here are no errors */
import { ConnectivityModule, ConnectivityService } from '@millrace/connectivity';
import { SlowBodies } from '@millrace/core/http';
import { StreamStore } from '@millrace/stream-store';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { THINGS_AWAITED, THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';
import { answered, dueAt, KeptErrors, PlacesModule, REFUSED, registry, throwAt } from './support/throwing-places.js';

// Jest fails a test during which a rejection or an error reaches the process.

type Ask = (running: RunningApplication, thing: number) => Promise<unknown>;

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
const EVENTS = { headers: { accept: 'text/event-stream' } };
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
  [`description ${when}`, ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}`), REFUSED],
  [
    `metadata ${when}`,
    ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}?desc=x`, { method: 'PUT' }),
    REFUSED,
  ],
  [
    `end of a stream ${when}`,
    ({ url }, n) => answered(`${url}/streams/throws-${when}-${n}`, { method: 'DELETE' }),
    REFUSED,
  ],
  [`pictures ${when}`, ({ url }, n) => answered(`${url}/mjpeg/throws-${when}-${n}`), REFUSED],
  [`events ${when}`, ({ url }, n) => answered(`${url}/data/throws-${when}-${n}`, EVENTS), REFUSED],
]);
/** What a client sees of an answer that was cut. */
const cut = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init);
  return {
    status: response.status,
    end: await response.text().then(
      () => 'ended',
      () => 'cut',
    ),
  };
};
const followed: [string, Ask, unknown][] = [
  ['follow that has begun', ({ wsUrl }, n) => closed(`${wsUrl}/data/throws-begun-${n}/pull`), CLOSED],
  ['pictures that have begun', ({ url }, n) => cut(`${url}/mjpeg/throws-begun-${n}`), { status: 200, end: 'cut' }],
  ['events that have begun', ({ url }, n) => cut(`${url}/data/throws-begun-${n}`, EVENTS), { status: 200, end: 'cut' }],
];
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
  [`watch ${when}`, ({ url }, n) => answered(`${url}/registry/connections/throws-${when}-${n}/watch`), REFUSED],
  [
    `watch by a socket ${when}`,
    ({ wsUrl }, n) => closed(`${wsUrl}/registry/connections/throws-${when}-${n}/watch`),
    CLOSED,
  ],
]);
const watches: [string, Ask, unknown][] = [
  [
    'watch that has begun',
    async ({ url }, n) =>
      /^event: \w+/.exec(await (await fetch(`${url}/registry/connections/throws-begun-${n}/watch`)).text())?.[0],
    'event: snapshot',
  ],
  [
    'watch by a socket that has begun',
    ({ wsUrl }, n) => closed(`${wsUrl}/registry/connections/throws-begun-${n}/watch`),
    CLOSED,
  ],
];
const claim = (source: string): string[] =>
  [
    { op: 'validate', resourceName: 'system.credentials', object: 'any' },
    { op: 'connectExtension', resourceName: 'sources', resourceId: source, parameters: {} },
  ].map((message) => JSON.stringify(message));
const sources = ['now', 'later'].flatMap((when): [string, Ask, unknown][] => [
  [`source ${when}`, ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`), REFUSED],
  [
    `change of a source ${when}`,
    ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`, { method: 'PUT', body: '{}' }),
    REFUSED,
  ],
  [
    `end of a source ${when}`,
    ({ url }, n) => answered(`${url}/sources/throws-${when}-${n}`, { method: 'DELETE' }),
    REFUSED,
  ],
  [
    `claim of a source ${when}`,
    ({ wsUrl }, n) => closed(`${wsUrl}/api/v1/wsock/websocket`, {}, ...claim(`throws-${when}-${n}`)),
    CLOSED,
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
    ...watches,
    ...sources,
    ...followed,
  ])('in %s, is the internal error of its own call, and is logged', async (_name, ask, due) => {
    const before = logger.errors.length;
    expect(await wrong(running, ask, due)).toEqual([]);
    expect(logger.errors.length - before).toBeGreaterThanOrEqual(THINGS_THROWN.length);
    other.send('still here');
    expect(await other.nextText()).toBe('still here');
  });

  it.each(THINGS_AWAITED.map(([name], index) => [name, `awaited-${index}`]))(
    'beside what is thrown %s is awaited, where a follower gives it',
    async (_name, stream) => {
      await running.app.get(StreamStore).append(stream, [Buffer.from('x')]);
      for (const query of ['', '&onebyone=true', '&ack=true']) {
        const client = await SocketClient.open(`${running.wsUrl}/data/${stream}+other/pull?last_entry_id=0${query}`);
        expect(await client.nextText()).toContain(stream);
        await client.close();
      }
    },
  );

  it('in the option "except" for slow bodies, the body is watched as any other', async () => {
    const before = logger.errors.length;
    let asked = 0;
    const except = (request: IncomingMessage): boolean => {
      asked += 1;
      throwAt('except', request);
      return (dueAt('except-later', request) && Promise.reject(dueAt('except-later', request)?.thing)) as never;
    };
    running.app.get(SlowBodies, { strict: false }).configure({ except });
    const { port } = new URL(running.url);
    const requests = THINGS_THROWN.flatMap((_thing, n) =>
      ['except', 'except-later'].map((place): ClientRequest => {
        const headers = { throws: `${place} ${n}`, 'content-type': 'application/json' };
        const request = httpRequest({ port, path: '/registry/publish', method: 'POST', agent: false, headers });
        request.write('{"partition":"p",');
        return request;
      }),
    );
    await waitFor('all of them', () => asked >= requests.length);
    const answers = requests.map(async (request) => {
      const answer = once(request, 'response') as Promise<[IncomingMessage]>;
      request.end('"connections":[]}');
      const [response] = await answer;
      response.resume();
      return response.statusCode;
    });
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(logger.errors.length - before).toBe(requests.length);
  });

  it('by those who watch the registry, takes no other watcher along', async () => {
    const registry = running.app.get(ConnectivityService);
    const end = new AbortController();
    const events: string[] = [];
    const other = (async () => {
      for await (const { type } of registry.watch('watched', {}, { signal: end.signal })) events.push(type);
    })();
    await waitFor('the snapshot', () => events.length === 1);
    for (const [, make] of THINGS_THROWN) {
      const watching = (async () => {
        for await (const _event of registry.watch('watched')) throw make();
      })();
      await expect(
        watching.then(
          () => 'went on',
          () => 'ended',
        ),
      ).resolves.toBe('ended');
    }
    await registry.publish('watched', [{ uid: 'u', uri: 'tcp://host/u', dataType: 'T' }]);
    await waitFor('the change', () => events.length === 2);
    end.abort();
    await other;
    expect(events).toEqual(['snapshot', 'published']);
  });
});

it.each(BOTH_HTTP_ADAPTERS)(
  'Whatever the driver of a registry past the framework throws, on %s, is the internal error of its own call',
  async (adapter) => {
    const options = { registry, public: true, bypassFramework: true, prefix: 'registry' };
    const running = await startApplication([ConnectivityModule.forRoot(options)], {
      adapter,
      logger: new KeptErrors(),
    });
    for (const [, ask, due] of registries) expect(await wrong(running, ask, due)).toEqual([]);
    await running.close();
  },
);
