import { AuthModule, type User, UserStore } from '@millrace/auth';
import { ConnectionPublisher } from '@millrace/connectivity';
import { type RunningApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { describeOnEachSetup } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  alice: ['connectivity:read', 'connectivity:write'],
  bob: ['connectivity:read', 'connectivity:write'],
  carol: ['connectivity:admin', 'connectivity:read', 'connectivity:write'],
  reader: ['connectivity:read:open'],
};

class Users extends UserStore {
  override async verify(name: string, password: string): Promise<User | undefined> {
    return name === password && SCOPES[name] ? { name, scopes: SCOPES[name] } : undefined;
  }
}

const auth = () =>
  AuthModule.forRoot({
    jwt: { secret: 'a secret for tests, long enough for production' },
    users: Users,
    throttle: false,
  });

/** What somebody who logged in sends along. */
async function credentials(url: string, name: string): Promise<Record<string, string>> {
  const body = new URLSearchParams({ username: name, password: name });
  const response = await fetch(`${url}/token`, { method: 'POST', body });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { Authorization: `Bearer ${token}` };
}

describeOnEachSetup('With authentication', (on) => {
  let closed: RunningApplication;
  let client: RegistryClient;
  let alice: Record<string, string>;
  let bob: Record<string, string>;
  let carol: Record<string, string>;
  beforeAll(async () => {
    closed = await on.start({ ttl: 60_000 }, { imports: [auth()] });
    client = new RegistryClient(closed.url);
    [alice, bob, carol] = (await Promise.all(
      ['alice', 'bob', 'carol'].map((name) => credentials(closed.url, name)),
    )) as [typeof alice, typeof bob, typeof carol];
  });
  afterAll(() => closed.close());

  it('connectivity#57: answers 401 on every path without a valid credential, and changes nothing', async () => {
    const { p } = on;
    await client.publish(p, [wire('a')], alice);
    const strangers: Record<string, string>[] = [
      {},
      { Authorization: 'Bearer nonsense' },
      { Authorization: 'Basic YTph' },
    ];
    for (const headers of strangers) {
      const replies = await Promise.all([
        client.publish(p, [wire('b')], headers),
        client.publish(p, [wire('a', { uri: 'tcp://stolen' })], headers),
        client.lookup(p, '.*', 'T', headers),
        client.retract(p, ['a'], headers),
        client.post('/retract-partition', { partition: p }, headers),
        client.post('/retract-partition', `partition=${p}`, {
          ...headers,
          'Content-Type': 'application/x-www-form-urlencoded',
        }),
        ...['/', '/stats', '/resetStats', '/resetService', `/connections/${p}/watch`, '/connections/statistics'].map(
          (path) => client.send({ method: 'GET', path, headers }),
        ),
      ]);
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 401));
    }
    for (const path of ['/live', '/ready']) expect((await client.get(path)).status).toBe(200);
    const found = await client.lookup(p, '.*', 'T', alice);
    expect(JSON.parse(found.text)).toEqual([{ ...wire('a'), capacity: 0 }]);
  });

  it('connectivity#57: lets only the publisher or an administrator replace or retract', async () => {
    const { p } = on;
    const uris = async (): Promise<unknown> => {
      const { text } = await client.lookup(p, '.*', 'T', alice);
      return (JSON.parse(text) as { uid: string; uri: string }[]).map(({ uid, uri }) => `${uid} ${uri}`);
    };
    await client.publish(p, [wire('hers', { uri: '1' }), wire('hers-too', { uri: '1' })], alice);
    const refused = await client.publish(p, [wire('his', { uri: '2' }), wire('hers', { uri: '2' })], bob);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([403, { detail: expect.stringContaining('"hers"') }]);
    expect((await client.retract(p, ['hers'], bob)).status).toBe(403);
    expect((await client.retract(p, ['hers-too', 'hers'], bob)).status).toBe(403);
    expect((await client.post('/retract-partition', { partition: p }, bob)).status).toBe(403);
    expect(await uris()).toEqual(['hers 1', 'hers-too 1']);

    expect((await client.publish(p, [wire('his', { uri: '2' })], bob)).status).toBe(200);
    expect((await client.publish(p, [wire('hers', { uri: '3' })], alice)).status).toBe(200);
    expect((await client.retract(p, ['his'], alice)).status).toBe(403);
    expect((await client.publish(p, [wire('hers', { uri: '4' })], carol)).status).toBe(200);
    expect(await uris()).toEqual(['hers 4', 'hers-too 1', 'his 2']);
    // What an administrator published is theirs from then on.
    expect((await client.publish(p, [wire('hers', { uri: '5' })], alice)).status).toBe(403);
    expect((await client.retract(p, ['his'], bob)).status).toBe(200);
    expect((await client.post('/retract-partition', { partition: p }, carol)).status).toBe(200);
    expect((await client.lookup(p, '.*', 'T', alice)).status).toBe(404);
  });

  it('connectivity#57: keeps what the host itself announces from users, but not from an administrator', async () => {
    const { p } = on;
    closed.app.get(ConnectionPublisher, { strict: false }).announce(p, { uid: 'own', uri: '1', dataType: 'T' });
    await waitFor('the announcement', async () => (await client.lookup(p, 'own', 'T', bob)).status === 200);
    expect((await client.publish(p, [wire('own', { uri: '2' })], bob)).status).toBe(403);
    expect((await client.retract(p, ['own'], bob)).status).toBe(403);
    expect((await client.retract(p, ['own'], carol)).status).toBe(200);
    await closed.app.get(ConnectionPublisher, { strict: false }).withdraw(p, 'own');
  });

  it('connectivity#57: frees a name when its connection has expired', async () => {
    const { p } = on;
    const short = await on.start({ ttl: 300 }, { imports: [auth()] });
    try {
      const other = new RegistryClient(short.url);
      const [hers, his] = [await credentials(short.url, 'alice'), await credentials(short.url, 'bob')];
      await other.publish(p, [wire('a', { uri: '1' })], hers);
      // Again and again, for it may have expired too when it is looked up.
      await waitFor('the expiry, and the new one', async () => {
        const { status } = await other.publish(p, [wire('a', { uri: '2' })], his);
        return status === 200 && (await other.lookup(p, 'a', 'T', his)).text.includes('"uri":"2"');
      });
    } finally {
      await short.close();
    }
  });

  it('connectivity#57: holds users to their scopes', async () => {
    const { p } = on;
    const reader = await credentials(closed.url, 'reader');
    await client.publish('open', [wire('a')], alice);
    await client.publish(p, [wire('a')], alice);
    expect((await client.lookup('open', 'a', 'T', reader)).status).toBe(200);
    expect((await client.lookup(p, 'a', 'T', reader)).status).toBe(403);
    expect((await client.publish('open', [wire('b')], reader)).status).toBe(403);
    expect((await client.retract('open', ['a'], reader)).status).toBe(403);
    for (const path of ['/resetStats', '/resetService'])
      expect((await client.send({ method: 'GET', path, headers: alice })).status).toBe(403);
    expect((await client.send({ method: 'GET', path: '/resetStats', headers: carol })).status).toBe(200);
  });

  it('connectivity#57: is off by one option, for the DAQ network', async () => {
    const { p } = on;
    const open = await on.start({ public: true }, { imports: [auth()] });
    try {
      const guest = new RegistryClient(open.url);
      expect((await guest.publish(p, [wire('a')])).status).toBe(200);
      expect(await guest.names(p, '.*')).toEqual(['a']);
      expect((await guest.publish(p, [wire('a', { uri: '2' })], await credentials(open.url, 'bob'))).status).toBe(200);
      expect((await guest.get('/')).status).toBe(200);
      expect((await guest.retract(p, ['a'])).status).toBe(200);
    } finally {
      await open.close();
    }
  });
});
