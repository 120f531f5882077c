import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserFile } from '@millrace/accounts';
import { fileUsers, TokenService } from '@millrace/auth';
import { ask } from '../support/ask.js';
import { BOTH_HTTP_ADAPTERS } from '../support/applications.js';
import { dataDirectory } from '../support/reference.js';
import { SocketClient } from '../support/socket-client.js';
import { type Headers, PageSide } from './support/pages.js';

const FOREIGN: Headers = { Origin: 'https://evil.example' };
const LISTED: Headers = { Origin: 'https://pages.example.org' };
const HUB = '/api/v1/wsock/websocket';
const publicAreas = ['connectivity', 'rpc'];

describe.each(BOTH_HTTP_ADAPTERS)('Open places in development, on %s', (adapter) => {
  let side: PageSide;
  beforeAll(async () => {
    side = await PageSide.start(
      { publicAreas, origins: 'https://pages.example.org, http://localhost:5173' },
      { adapter },
    );
  });
  afterAll(() => side.close());

  const changes = async (headers: Headers): Promise<number[]> => [
    await side.login(headers),
    await side.publish(headers),
    await side.status('/resetService', headers),
    await side.status('/counter/up', headers, 'POST'),
    await side.status('/counter/reset', headers),
    await side.rpc(headers),
    await side.handshake('/rpc', headers),
    await side.handshake(HUB, headers),
  ];
  const DONE = [200, 200, 200, 201, 200, 200, 101, 101];
  const REFUSED = DONE.map(() => 403);

  it.each([
    ['a page of another site', FOREIGN],
    ['a page of another site, by its browser', { ...FOREIGN, 'Sec-Fetch-Site': 'cross-site' }],
    ['a link or form of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port of the same host', { Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }],
    ['a sandboxed page', { Origin: 'null' }],
    ['a page with a token that does not hold', { ...FOREIGN, Authorization: 'Bearer made-up' }],
  ])('cannot be changed by %s', async (_name, headers) => {
    await side.fill();
    expect(await changes(headers)).toEqual(REFUSED);
    expect(await side.partitions()).toEqual(['kept']);
  });

  it.each([
    ['a script', {}],
    ['a listed page', LISTED],
    ['another listed page', { Origin: 'http://localhost:5173', 'Sec-Fetch-Site': 'same-site' }],
    ['a page of this server', { 'Sec-Fetch-Site': 'same-origin' }],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }],
  ])('are open to %s', async (_name, headers) => {
    expect(await changes(headers)).toEqual(DONE);
  });

  it('are open to a page of this server by its origin, and to any page with a token that holds', async () => {
    expect(await changes({ Origin: side.own })).toEqual(DONE);
    expect(await changes({ ...FOREIGN, Authorization: `Bearer ${side.token}` })).toEqual(DONE);
    expect(await side.handshake(`/rpc?token=${side.token}`, FOREIGN)).toBe(101);
  });

  it('can be read by all pages', async () => {
    for (const path of ['/stats', '/connections/partitions', '/counter', '/live', '/open'])
      expect(await side.status(path, FOREIGN)).toBe(200);
    expect(await side.status('/who', FOREIGN)).toBe(401);
  });

  it('say what to do', async () => {
    const { status, text } = await ask(`${side.own}/counter/up`, { method: 'POST', headers: FOREIGN });
    expect([status, JSON.parse(text)]).toEqual([
      403,
      { detail: expect.stringMatching(/"https:\/\/evil\.example".*origins.*MILLRACE_ORIGINS.*token/) as string },
    ]);
  });

  it('refuse the messages of a gateway too', async () => {
    const answers = [];
    for (const headers of [{}, FOREIGN]) {
      const client = await SocketClient.open(`${side.running.wsUrl}/gateway`, { headers });
      client.send('{"event":"hello"}');
      answers.push(JSON.parse(await client.nextText()));
      await client.close();
    }
    expect(answers).toMatchObject([
      { event: 'hello', data: true },
      { event: 'exception', data: { code: 'FOREIGN_ORIGIN' } },
    ]);
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('Host names in development, on %s', (adapter) => {
  const EVIL: Headers = { Host: 'evil.example', Origin: 'http://evil.example' };
  let side: PageSide | undefined;
  afterEach(async () => {
    await side?.close();
    side = undefined;
  });

  it('are those of this machine', async () => {
    side = await PageSide.start({ publicAreas }, { adapter });
    const statuses = async (headers: Headers): Promise<number[]> => [
      await side!.login(headers),
      await side!.publish(headers),
      await side!.status('/counter', headers),
      await side!.status('/healthz', headers),
      await side!.status('/nothing', headers),
      await side!.handshake('/rpc', headers),
      await side!.handshake('/socket/a', headers),
    ];
    for (const Host of ['evil.example', 'evil.example:7890', 'localhost.evil.example', '127.0.0.1.evil.example'])
      expect(await statuses({ Host })).toEqual([421, 421, 421, 421, 421, 421, 421]);
    expect(await statuses({ ...EVIL, Authorization: `Bearer ${side.token}` })).toEqual(Array(7).fill(421));
    for (const Host of ['localhost', 'LOCALHOST:7890', 'app.localhost', '127.0.0.1:7890', '[::1]:7890', 'registry'])
      expect(await statuses({ Host })).toEqual([200, 200, 200, 200, 404, 101, 401]);
    const { text } = await ask(`${side.own}/token`, { method: 'POST', headers: EVIL });
    expect(JSON.parse(text)).toEqual({
      detail: expect.stringMatching(/"evil\.example".*hosts.*MILLRACE_HOSTS/) as string,
    });
  });

  it.each([
    ['and those that are listed', { hosts: ['hub.example.org', '*.lab.example.org'] }, [200, 200, 421]],
    ['or all', { hosts: '*' }, [200, 200, 200]],
  ])('%s', async (_name, options, expected) => {
    side = await PageSide.start(options, { adapter });
    const seen = [];
    for (const Host of ['hub.example.org:80', 'a.lab.example.org', 'evil.example'])
      seen.push(await side.status('/counter', { Host }));
    expect(seen).toEqual(expected);
  });

  it('are left to the host where it has an authentication of its own, but for what is ours', async () => {
    side = await PageSide.start({ protect: 'millrace' }, { adapter });
    expect([await side.status('/nothing', EVIL), await side.status('/counter', EVIL)]).toEqual([404, 421]);
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('Open places in production, on %s', (adapter) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-pages-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are open to pages of others, under any name, as the operator has opened them', async () => {
    const path = join(directory, 'users.json');
    await new UserFile(path).add({ name: 'alice', password: 'correct horse', scopes: ['*'] });
    const side = await PageSide.start({ production: true, publicAreas, users: fileUsers({ path }) }, { adapter });
    try {
      const headers = { ...FOREIGN, Host: 'hub.example.org' };
      expect([await side.publish(headers), await side.rpc(headers), await side.handshake('/rpc', headers)]).toEqual([
        200, 200, 101,
      ]);
      const typed = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
      const answer = await side.status('/token', typed, 'POST', 'username=alice&password=correct+horse');
      expect(answer).toBe(200);
    } finally {
      await side.close();
    }
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('The end of a login, on %s', (adapter) => {
  describe.each([
    ['development', {}, { revoke: 403, logout: 403 }],
    ['production', { production: true, users: { verify: async () => undefined } }, { revoke: 400, logout: 204 }],
  ])('in %s', (_name, options, refused) => {
    const data = dataDirectory();
    let side: PageSide;
    beforeAll(async () => {
      side = await PageSide.start({ dataDirectory: data.path, ...options }, { adapter });
    });
    afterAll(async () => {
      await side.close();
      data.remove();
    });

    const issue = (): string => side.running.app.get(TokenService).issue({ name: 'alice', scopes: ['*'] }).token;
    const who = (token: string): Promise<number> => side.status('/who', { Authorization: `Bearer ${token}` });
    /** Asks for the end with a cookie and nothing else: the answers, the cookie that is set, and what the token opens then. */
    const askedWithCookie = async (headers: Headers): Promise<object> => {
      const token = issue();
      const asking = { method: 'POST', headers: { ...headers, Cookie: `authorization="Bearer ${token}"` } };
      const revoke = await ask(`${side.own}/token/revoke`, asking);
      const between = await who(token);
      const logout = await ask(`${side.own}/logout`, asking);
      const cookies = [...(revoke.headers['set-cookie'] ?? []), ...(logout.headers['set-cookie'] ?? [])];
      return { revoke: revoke.status, between, logout: logout.status, cookies, after: await who(token) };
    };

    it.each([
      ['a page of another site', FOREIGN],
      ['a page of another site, by its browser', { ...FOREIGN, 'Sec-Fetch-Site': 'cross-site' }],
      [
        'a form of another site',
        { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/x-www-form-urlencoded' },
      ],
      ['another port of the same host', { Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }],
      ['another port of the same host, without its browser', { Origin: 'http://127.0.0.1:1' }],
      ['a sandboxed page', { Origin: 'null' }],
    ])('is not for %s', async (_who, headers) => {
      expect(await askedWithCookie(headers)).toEqual({ ...refused, between: 200, cookies: [], after: 200 });
    });

    const ENDED = {
      ...{ revoke: 400, between: 200 },
      ...{ logout: 204, cookies: [expect.stringMatching(/^authorization=;.*Max-Age=0/)], after: 401 },
    };
    it.each([
      ['a script', {}],
      ['a page of this server', { 'Sec-Fetch-Site': 'same-origin' }],
    ])('is for %s, by /logout alone: /token/revoke goes by no cookie', async (_who, headers) => {
      expect(await askedWithCookie(headers)).toEqual(ENDED);
    });

    it('is for a page of this server by its origin, also of a token that it names', async () => {
      expect(await askedWithCookie({ Origin: side.own })).toEqual(ENDED);
      const token = issue();
      const headers = { Origin: side.own, 'Content-Type': 'application/x-www-form-urlencoded' };
      expect(await side.status('/token/revoke', headers, 'POST', `token=${token}`)).toBe(200);
      expect(await who(token)).toBe(401);
    });
  });
});

it.each(BOTH_HTTP_ADAPTERS)('Past the framework, pages of others change nothing either, on %s', async (adapter) => {
  const registry = { public: true, bypassFramework: true };
  const side = await PageSide.start({ publicAreas: ['connectivity'] }, { adapter, registry });
  try {
    expect(await side.publish(FOREIGN)).toBe(403);
    expect(await side.publish({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await side.publish({ Host: 'evil.example' })).toBe(421);
    expect(await side.status('/getconnection/p', { Host: 'evil.example' })).toBe(421);
    expect(await side.partitions()).toEqual([]);
    expect(await side.publish({})).toBe(200);
  } finally {
    await side.close();
  }
});

it.each([
  ['origins', 'https://a.example/path', 'without a path'],
  ['origins', '*', 'without a path'],
  ['origins', 'null', 'without a path'],
  ['origins', 'a.example', 'without a path'],
  ['hosts', 'https://a.example', 'host names without a port'],
  ['hosts', 'a.example:80', 'host names without a port'],
])('The option %s cannot be %s', async (option, value, fault) => {
  await expect(PageSide.start({ [option]: [value] })).rejects.toThrow(new RegExp(`"${option}.*${fault}`));
});
