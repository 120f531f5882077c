import { type CanActivate, type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { setPrincipal, type UpgradeRequest } from '@millrace/core';
import { queryOf } from '@millrace/core/http';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../../support/applications.js';
import { refusedHandshake, SocketClient } from '../../support/socket-client.js';
import { waitFor } from '../../support/waiting.js';

/** Grants the scopes that the query asks for, all without. */
@Injectable()
class Grant implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<UpgradeRequest>(0);
    const scopes = (request.query instanceof URLSearchParams ? request.query : queryOf(request)).get('scopes');
    setPrincipal(request, { subject: 'ada', method: 'test', scopes: scopes?.split(',') ?? ['*', 'streams:*'] });
    return true;
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: Grant }] })
class GrantModule {}

const texts = (...values: string[]): Buffer[] => values.map((value) => Buffer.from(value));

describe.each(HTTP_ADAPTERS)('Groups of consumers over the network on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication(
      [GrantModule, StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 10 } })],
      { adapter },
    );
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  let number = 0;
  const fresh = (): string => `s${(number += 1)}`;
  const open = (stream: string, query: string): Promise<SocketClient> =>
    SocketClient.open(`${running.wsUrl}/data/${stream}/pull?last_entry_id=0&${query}`);
  /** The entries of the next pair. */
  const pair = async (client: SocketClient): Promise<string[]> => {
    const offsets = JSON.parse(await client.nextText()) as [string, string, number][];
    const { data } = await client.next();
    return offsets.map(([, , start], index) => data.subarray(start, offsets[index + 1]?.[2]).toString());
  };
  const ask = async (path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${running.url}/streams/${path}`, { method });
    return { status: response.status, body: await response.json() };
  };
  const isQuiet = async (client: SocketClient, stream: string): Promise<void> => {
    const { length } = client.frames;
    // What would go to it is found out by one more ask of the group.
    await store.groups.describe(stream, 'g');
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.frames).toHaveLength(length);
  };

  it('stream-store#94: an entry goes to one of the sockets of a group, and the next when it is acknowledged', async () => {
    const stream = fresh();
    await store.append(stream, texts('1', '2', '3'));
    const a = await open(stream, 'group=g&consumer=a&count=2');
    expect(await pair(a)).toEqual(['1', '2']);
    const b = await open(stream, 'group=g&consumer=b');
    await isQuiet(b, stream);
    a.send('');
    expect(await pair(b)).toEqual(['3']);
    b.send(Buffer.alloc(0));
    await waitFor('all', async () => (await store.groups.describe(stream, 'g'))?.pending === 0);
    await Promise.all([a.close(), b.close()]);
    await waitFor('both to leave', async () => (await store.groups.describe(stream, 'g'))?.consumers.length === 0);
  });

  it('stream-store#94: without order the sockets get other entries side by side', async () => {
    const stream = fresh();
    await store.append(stream, texts('1', '2'));
    const clients = [await open(stream, 'group=g&ordered=false'), await open(stream, 'group=g')];
    expect((await Promise.all(clients.map(pair))).flat().sort()).toEqual(['1', '2']);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('stream-store#95: what a socket held goes to another one when it ends, and to itself when it comes again', async () => {
    const stream = fresh();
    await store.append(stream, texts('1', '2'));
    const a = await open(stream, 'group=g&consumer=a');
    expect(await pair(a)).toEqual(['1']);
    const b = await open(stream, 'group=g&consumer=b');
    await isQuiet(b, stream);
    a.ws.terminate();
    expect(await pair(b)).toEqual(['1']);
    const again = await open(stream, 'group=g&consumer=b');
    expect(await pair(again)).toEqual(['1']);
    again.send('');
    expect(await pair(again)).toEqual(['2']);
    await Promise.all([b.close(), again.close()]);
  });

  it('stream-store#96: a refusal hands entries out again, at once or later, or sets them aside', async () => {
    const stream = fresh();
    const ids = await store.append(stream, texts('1', '2', '3'));
    const client = await open(stream, 'group=g&count=3');
    expect(await pair(client)).toEqual(['1', '2', '3']);
    // In order: what lies before counts as dealt with, what lies behind goes back too.
    client.send(JSON.stringify({ refuse: { ids: [ids[1]] } }));
    expect(await pair(client)).toEqual(['2']);
    const refused = performance.now();
    client.send(JSON.stringify({ refuse: { delay: 200 } }));
    expect(await pair(client)).toEqual(['2']);
    expect(performance.now() - refused).toBeGreaterThan(150);
    client.send(JSON.stringify({ refuse: { aside: 'broken' } }));
    expect(await pair(client)).toEqual(['3']);
    client.send(JSON.stringify({ other: 'text' }));
    await waitFor('all', async () => (await store.groups.describe(stream, 'g'))?.pending === 0);
    const { body } = await ask(`${stream}/groups/g/aside`);
    expect(body).toMatchObject([{ id: ids[1], deliveries: 3, reason: 'broken' }]);
    await store.append(stream, texts('4'));
    await pair(client);
    client.send(JSON.stringify({ refuse: { ids: 'x' } }));
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  it('stream-store#97: a gap is told, and waits for a message as a pair does; without gaps=true it is passed', async () => {
    const stream = fresh();
    const [first = ''] = await store.append(stream, texts('0'));
    for (let from = 1; from < 30; from += 1) await store.append(stream, texts(String(from)));
    const start = `group=g&gaps=true&last_entry_id=${first}`;
    const told = await SocketClient.open(`${running.wsUrl}/data/${stream}/pull?${start}`);
    expect(JSON.parse(await told.nextText())).toMatchObject({ gap: { stream, after: first } });
    told.ws.terminate();
    const again = await SocketClient.open(`${running.wsUrl}/data/${stream}/pull?${start}`);
    expect(JSON.parse(await again.nextText())).toMatchObject({ gap: { stream, after: first } });
    again.send('');
    expect(await pair(again)).toEqual(['20']);
    await again.close();
    const quiet = await SocketClient.open(`${running.wsUrl}/data/${stream}/pull?group=h&last_entry_id=${first}`);
    expect(await pair(quiet)).toEqual(['20']);
    await quiet.close();
  });

  it('stream-store#97: what cannot be converted is set aside, and the others come', async () => {
    const stream = fresh();
    const ids = await store.append(stream, texts('{"a":1}', '{', '{"b":2}'));
    const client = await open(stream, 'group=g&count=3&output=json&gaps=true');
    expect(await pair(client)).toEqual(['{"a":1}']);
    client.send('');
    expect(JSON.parse(await client.nextText())).toMatchObject({ unreadable: { stream, id: ids[1] } });
    expect(await pair(client)).toEqual(['{"b":2}']);
    client.send('');
    await waitFor('all', async () => (await store.groups.describe(stream, 'g'))?.pending === 0);
    expect((await ask(`${stream}/groups/g/aside`)).body).toMatchObject([{ id: ids[1] }]);
    await client.close();
  });

  it('stream-store#97: a pull of several streams takes part in the group of each', async () => {
    const [one, other] = [fresh(), fresh()];
    await store.append(one, texts('1'));
    await store.append(other, texts('2'));
    const client = await open(`${one}+${other}`, 'group=g');
    const first = await pair(client);
    client.send('');
    expect([...first, ...(await pair(client))].sort()).toEqual(['1', '2']);
    client.send('');
    await store.append(one, texts('3'));
    expect(await pair(client)).toEqual(['3']);
    await client.close();
  });

  it.each([
    'latest=true&group=g',
    'group=g&time_sync_id=0',
    'group=g&cursors=true',
    'consumer=a',
    'group=g&idle=x',
    'group=g&max_deliveries=0',
  ])('stream-store#94: a pull with %s is refused with 400', async (query) => {
    expect((await refusedHandshake(`${running.wsUrl}/data/a/pull?${query}`)).status).toBe(400);
  });

  it('stream-store#98: groups are made, changed, described, listed and deleted by REST', async () => {
    const stream = fresh();
    const group = encodeURIComponent('a/b +ä');
    const ids = await store.append(stream, texts('1', '2'));
    const made = await ask(`${stream}/groups/${group}?after=0&idle=5000&max_deliveries=3`, 'PUT');
    const description = {
      group: 'a/b +ä',
      ordered: true,
      idle: 5000,
      max_deliveries: 3,
      last: '0-0',
      lag: 2,
      lag_seconds: expect.any(Number),
      pending: 0,
      attempts: 0,
      set_aside: 0,
      dropped: 0,
      consumers: [],
    };
    expect(made).toEqual({ status: 200, body: description });
    const changed = { ...description, ordered: false };
    expect((await ask(`${stream}/groups/${group}?ordered=false`, 'PUT')).body).toEqual(changed);
    expect((await ask(`${stream}/groups/`)).body).toEqual([changed]);
    const client = await open(stream, `group=${group}&consumer=a`);
    expect(await pair(client)).toEqual(['1']);
    expect((await ask(`${stream}/groups/${group}`)).body).toMatchObject({
      last: ids[0],
      lag: 1,
      pending: 1,
      consumers: [{ consumer: expect.stringMatching(/^a~/), pending: 1, attempts: 1, idle: expect.any(Number) }],
    });
    await client.close();
    expect(await ask(`${stream}/groups/${group}`, 'DELETE')).toEqual({ status: 200, body: true });
    expect(await ask(`${stream}/groups/${group}`, 'DELETE')).toEqual({ status: 200, body: false });
    expect((await ask(`${stream}/groups/${group}`)).status).toBe(404);
    expect((await ask(`${stream}/groups/${group}/aside`)).status).toBe(404);
    expect((await ask(`${stream}/groups/g?idle=1`, 'PUT')).status).toBe(422);
    expect((await ask(`${stream}/groups/g?after=soon`, 'PUT')).status).toBe(400);
  });

  it('stream-store#99: what was set aside is listed, read, handed out again and discarded by REST', async () => {
    const stream = fresh();
    const ids = await store.append(stream, texts('1', '2', '3'));
    const client = await open(stream, 'group=g&count=3');
    await pair(client);
    client.send(JSON.stringify({ refuse: { aside: 'broken' } }));
    await waitFor('three', async () => (await store.groups.describe(stream, 'g'))?.setAside === 3);
    const aside = `${stream}/groups/g/aside`;
    const listed = async (query = ''): Promise<string[]> =>
      ((await ask(`${aside}${query}`)).body as { id: string }[]).map(({ id }) => id);
    expect(await listed(`?count=1&after=${ids[0]}`)).toEqual([ids[1]]);
    const read = await fetch(`${running.url}/streams/${aside}/${ids[2]}`);
    expect([read.status, await read.text(), read.headers.get('content-type')]).toEqual([
      200,
      '3',
      'application/octet-stream',
    ]);
    expect(read.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await ask(`${aside}/1-1`)).status).toBe(404);
    expect((await ask(`${aside}/x`)).status).toBe(400);
    expect((await ask(`${aside}/${ids[0]}`, 'POST')).body).toEqual([ids[0]]);
    expect(await pair(client)).toEqual(['1']);
    client.send('');
    expect((await ask(`${aside}/${ids[1]}`, 'DELETE')).body).toBe(1);
    expect(await listed()).toEqual([ids[2]]);
    expect((await ask(`${aside}/*`, 'DELETE')).body).toBe(1);
    expect((await ask(`${aside}/*`, 'POST')).body).toEqual([]);
    await client.close();
  });

  it('stream-store#100: each route has its scope, and to make a group by a pull takes that to write', async () => {
    const stream = fresh();
    await store.groups.open(stream, 'g', { idle: 5000 });
    const may = async (method: string, path: string, scope: string): Promise<number> =>
      (await ask(`${stream}/groups${path}?scopes=${scope}`, method)).status;
    const routes = [
      ['GET', '', 'read'],
      ['GET', '/g', 'read'],
      ['GET', '/g/aside', 'read'],
      ['PUT', '/g', 'write'],
      ['POST', '/g/aside/*', 'write'],
      ['DELETE', '/g/aside/*', 'write'],
      ['DELETE', '/h', 'delete'],
    ] as const;
    for (const [method, path, action] of routes) {
      expect([path, await may(method, path, `streams:${action}:${stream}`)]).toEqual([path, 200]);
      expect([path, await may(method, path, `streams:${action}:other`)]).toEqual([path, 403]);
    }
    const scopes = `scopes=streams:read:${stream}`;
    const reader = await open(stream, `group=new&${scopes}`);
    expect((await reader.closed).code).toBe(3003);
    const member = await open(stream, `group=g&idle=9000&${scopes}`);
    await store.append(stream, texts('1'));
    expect(await pair(member)).toEqual(['1']);
    expect((await store.groups.describe(stream, 'g'))?.idle).toBe(5000);
    await member.close();
  });
});
