import { AuthModule, TokenService } from '@millrace/auth';
import { ConnectionPublisher } from '@millrace/connectivity';
import type { RunningApplication } from '../support/applications.js';
import { BOTH_HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { describeOnEachSetup } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';
import { ConnectivityModule } from '@millrace/connectivity';

interface Entries {
  readonly entries: readonly Record<string, unknown>[];
  readonly more: boolean;
}

async function ask(client: RegistryClient, p: string, query = '', headers: Record<string, string> = {}) {
  const path = `/connections/${encodeURIComponent(p)}/entries${query}`;
  const { status, text } = await client.send({ method: 'GET', path, headers });
  return { status, body: JSON.parse(text) as Entries & { detail?: string } };
}

const uidsOf = ({ body }: { body: Entries }): unknown[] => body.entries.map(({ uid }) => uid);

describeOnEachSetup('Entries of a partition', (on) => {
  it('connectivity#59: tell what was published, by whom, when, and how long it lives', async () => {
    const { client, p } = on;
    const before = Date.now();
    await client.publish(p, [wire('a', { capacity: 7 })]);
    const { status, body } = await ask(client, p);
    expect(status).toBe(200);
    expect(body).toEqual({
      entries: [
        {
          ...wire('a', { capacity: 7 }),
          publisher: null,
          host: false,
          published: expect.any(Number),
          time_left: expect.any(Number),
          live: true,
        },
      ],
      more: false,
    });
    const [{ published, time_left: left } = {}] = body.entries as { published?: number; time_left?: number }[];
    expect(Number.isInteger(published) && Number.isInteger(left)).toBe(true);
    expect(Math.abs((published ?? 0) - before)).toBeLessThan(60_000);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  it('connectivity#59: are those that match, so many as are asked for', async () => {
    const { client, p } = on;
    await client.publish(p, [wire('a1'), wire('b1'), wire('a2', { data_type: 'U' }), wire('a+3')]);
    expect(uidsOf(await ask(client, p, '?uid_regex=a.*'))).toEqual(['a1', 'a2', 'a+3']);
    expect(uidsOf(await ask(client, p, '?uid_regex=a.*&data_type=T'))).toEqual(['a1', 'a+3']);
    expect(uidsOf(await ask(client, p, '?uid_regex=a%5C%2B3'))).toEqual(['a+3']);
    const some = await ask(client, p, '?count=2');
    expect([uidsOf(some), some.body.more]).toEqual([['a1', 'b1'], true]);
    const all = await ask(client, p, '?count=4');
    expect([uidsOf(all).length, all.body.more]).toEqual([4, false]);
  });

  it.each([
    ['uid_regex=(', 'The pattern is refused'],
    [`uid_regex=${'a'.repeat(1025)}`, 'at most 1024 characters'],
    ['expired=maybe', 'Query parameter "expired" must be "true" or "false", not "maybe"'],
    ['count=0', 'Query parameter "count" must be a whole number from 1 to 10000, not "0"'],
    ['count=10001', 'not "10001"'],
    ['count=-1', 'not "-1"'],
    ['count=', 'not ""'],
  ])('connectivity#59: refuse %.20s', async (query, detail) => {
    const { client, p } = on;
    await client.publish(p, [wire('a')]);
    const { status, body } = await ask(client, p, `?${query}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(detail)]);
  });

  it('connectivity#59: are 404 for a partition that nobody has named, and found under any name', async () => {
    const { client, p } = on;
    expect((await ask(client, p)).status).toBe(404);
    for (const name of [`${p} ü`, `${p}+%`, '__proto__']) {
      await client.publish(name, [wire('a')]);
      expect(uidsOf(await ask(client, name))).toEqual(['a']);
      await client.post('/retract-partition', { partition: name });
    }
  });

  it('connectivity#59: have expired ones where they are asked for', async () => {
    const { p } = on;
    const short = await on.start({ ttl: 50 });
    try {
      const client = new RegistryClient(short.url);
      await client.publish(p, [wire('a')]);
      await waitFor('the expiry', async () => uidsOf(await ask(client, p)).length === 0);
      const { body } = await ask(client, p, '?expired=true');
      expect(body.entries).toEqual([expect.objectContaining({ uid: 'a', live: false, time_left: 0 })]);
      expect((await client.retract(p, ['a'])).status).toBe(200);
    } finally {
      await short.close();
    }
  });

  it('connectivity#59: say that the application itself published one, and not under which name', async () => {
    const { running, client, p } = on;
    const publisher = running.app.get(ConnectionPublisher, { strict: false });
    publisher.announce(p, { uid: 'own', uri: '1', dataType: 'T' });
    const { body } = await waitFor('the announcement', async () => {
      const answer = await ask(client, p);
      return answer.status === 200 ? answer : undefined;
    });
    expect(body.entries).toEqual([expect.objectContaining({ uid: 'own', publisher: null, host: true })]);
    await publisher.withdraw(p, 'own');
  });

  describe('with authentication', () => {
    let closed: RunningApplication;
    let client: RegistryClient;
    beforeAll(async () => {
      const auth = AuthModule.forRoot({ jwt: { secret: 'a secret for tests, long enough for production' } });
      closed = await on.start({ ttl: '1h' }, { imports: [auth] });
      client = new RegistryClient(closed.url);
    });
    afterAll(() => closed.close());
    const as = (name: string, ...scopes: string[]): Record<string, string> => ({
      Authorization: `Bearer ${closed.app.get(TokenService, { strict: false }).issue({ name, scopes }).token}`,
    });

    it('connectivity#57 #59: name who published them, to those who may read the partition', async () => {
      const { p } = on;
      await client.publish(p, [wire('hers')], as('alice', `connectivity:write:${p}`));
      const { body } = await ask(client, p, '', as('bob', `connectivity:read:${p}`));
      expect(body.entries).toEqual([expect.objectContaining({ uid: 'hers', publisher: 'alice', host: false })]);
      expect((await ask(client, p)).status).toBe(401);
      expect((await ask(client, p, '', as('bob', 'connectivity:read:other', 'connectivity:write'))).status).toBe(403);
    });

    it('connectivity#57: the scope admin alone reads, and retracts what others and the application published', async () => {
      const { p } = on;
      const publisher = closed.app.get(ConnectionPublisher, { strict: false });
      publisher.announce(p, { uid: 'own', uri: '1', dataType: 'T' });
      await client.publish(p, [wire('hers')], as('alice', 'connectivity:write'));
      const admin = as('carol', `connectivity:admin:${p}`);
      await waitFor('both', async () => uidsOf(await ask(client, p, '', admin)).length === 2);
      for (const uid of ['hers', 'own']) {
        expect((await client.retract(p, [uid], as('bob', 'connectivity:write', 'connectivity:read'))).status).toBe(403);
        expect((await client.retract(p, [uid], admin)).status).toBe(200);
      }
      await publisher.withdraw(p, 'own');
    });
  });
});

it.each(BOTH_HTTP_ADAPTERS)('connectivity#59: entries are found below prefixes on %s', async (adapter) => {
  const running = await startApplication([ConnectivityModule.forRoot({ prefix: 'registry' })], {
    adapter,
    prepare: (app) => void app.setGlobalPrefix('api'),
  });
  try {
    const client = new RegistryClient(`${running.url}/api/registry`);
    await client.publish('p ü', [wire('a')]);
    expect(uidsOf(await ask(client, 'p ü', '?count=1'))).toEqual(['a']);
  } finally {
    await running.close();
  }
});
