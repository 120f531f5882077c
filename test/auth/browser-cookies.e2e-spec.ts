import { BOTH_HTTP_ADAPTERS } from '../support/applications.js';
import { type Headers, PageSide } from './support/pages.js';

const FOREIGN = 'https://evil.example';
const LISTED = 'https://pages.example.org';
const BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0' };

/** Who asks, and whether the cookie counts for them. */
const ASKERS: readonly [string, (own: string) => Headers, boolean][] = [
  ['a script, which names no page', () => ({}), true],
  ['a page of this server', (own) => ({ 'Sec-Fetch-Site': 'same-origin', Origin: own }), true],
  ['a page of this server, as in a GET', () => ({ 'Sec-Fetch-Site': 'same-origin' }), true],
  ['a page of this server, in a browser that names the origin alone', (own) => ({ ...BROWSER, Origin: own }), true],
  ['the same in capitals', (own) => ({ Origin: own.toUpperCase() }), true],
  ['the address bar', () => ({ ...BROWSER, 'Sec-Fetch-Site': 'none' }), true],
  ['a listed page', () => ({ 'Sec-Fetch-Site': 'cross-site', Origin: LISTED }), true],
  ['a listed page, in a handshake', () => ({ Origin: LISTED }), true],
  ['a page of another site', () => ({ ...BROWSER, 'Sec-Fetch-Site': 'cross-site', Origin: FOREIGN }), false],
  ['a page of another site, in a handshake', () => ({ Origin: FOREIGN }), false],
  ['a link on a page of another site', () => ({ ...BROWSER, 'Sec-Fetch-Site': 'cross-site' }), false],
  ['a link by plain HTTP', () => ({ ...BROWSER, Referer: `${FOREIGN}/page` }), false],
  ['another port of the same host', () => ({ 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:1' }), false],
  ['another port, in a handshake', () => ({ Origin: 'http://127.0.0.1:1' }), false],
  ['a sandboxed page', () => ({ 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }), false],
  ['a sandboxed page, in a handshake', () => ({ Origin: 'null' }), false],
  ['a host that begins as ours', (own) => ({ Origin: `${own}.evil.example` }), false],
  ['a page that names a proxy', () => ({ Origin: FOREIGN, 'X-Forwarded-Host': 'evil.example' }), false],
];

describe.each(BOTH_HTTP_ADAPTERS)('The cookie of a login on %s', (adapter) => {
  let side: PageSide;
  beforeAll(async () => {
    side = await PageSide.start({ origins: [LISTED] }, { adapter });
  });
  afterAll(() => side.close());

  /** Statuses of a route, a change, a change by GET, a call, and handshakes of three kinds. */
  const doors = async (headers: Headers): Promise<number[]> => [
    await side.status('/who', headers),
    await side.publish(headers),
    await side.status('/resetService', headers),
    await side.rpc(headers),
    await side.handshake('/socket/a', headers),
    await side.handshake('/rpc', headers),
  ];
  const all = (status: number, upgraded = status): number[] => [
    ...Array<number>(4).fill(status),
    ...Array<number>(2).fill(upgraded),
  ];

  it.each(ASKERS)('%s', async (_name, headersOf, counts) => {
    const headers = headersOf(side.own);
    await side.fill();
    expect(await doors({ ...side.cookie, ...headers })).toEqual(counts ? all(200, 101) : all(401));
    expect(await side.partitions()).toEqual(counts ? [] : ['kept']);
    // Header and query are free.
    const bearer = { Authorization: `Bearer ${side.token}` };
    expect(await doors({ ...side.cookie, ...headers, ...bearer })).toEqual(all(200, 101));
    expect(await side.status(`/who?token=${side.token}`, { ...side.cookie, ...headers })).toBe(200);
    expect(await side.handshake(`/socket/a?token=${side.token}`, headers)).toBe(101);
  });

  it('counts in no way where it must not: a bad token beside it stays bad, and no credential answers the same', async () => {
    const foreign = { ...side.cookie, Origin: FOREIGN };
    expect(await side.status('/who', { ...foreign, Authorization: 'Bearer bad' })).toBe(401);
    expect(await side.status('/who?token=bad', foreign)).toBe(401);
    expect(await side.status('/who', { Origin: FOREIGN })).toBe(401);
  });

  it.each(['GET', 'HEAD'])('opens no change by %s to a browser that does not say which page asks', async (method) => {
    await side.fill();
    const asker = { ...side.cookie, ...BROWSER };
    for (const path of ['/resetService', '/resetStats']) expect(await side.status(path, asker, method)).toBe(401);
    expect(await side.partitions()).toEqual(['kept']);
    expect(await side.status('/who', asker, method)).toBe(200);
    const redirected = { ...asker, Referer: `${side.own}/page` };
    expect(await side.status('/resetService', redirected, method)).toBe(401);
    expect(await side.partitions()).toEqual(['kept']);
  });

  it('is refused to many pages at once', async () => {
    const asked = Array.from({ length: 30 }, (_, index) =>
      side.handshake('/socket/a', { ...side.cookie, Origin: `https://page${index}.example` }),
    );
    expect(await Promise.all(asked)).toEqual(Array<number>(30).fill(401));
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('The cookie behind a proxy, on %s', (adapter) => {
  const forwarded = {
    Origin: 'https://hub.example.org',
    'X-Forwarded-Host': 'hub.example.org',
    'X-Forwarded-Proto': 'https',
  };
  it.each([
    ['that is trusted', 'loopback', [200, 101, 401]],
    ['that is not', '10.0.0.0/8', [401, 401, 401]],
  ])('%s', async (_name, trustProxy, expected) => {
    const side = await PageSide.start({ apiKeys: { trustProxy }, hosts: '*' }, { adapter });
    try {
      const headers = { ...side.cookie, ...forwarded };
      expect([
        await side.status('/who', headers),
        await side.handshake('/socket/a', headers),
        await side.handshake('/socket/a', { ...headers, Origin: 'http://hub.example.org' }),
      ]).toEqual(expected);
    } finally {
      await side.close();
    }
  });
});
