import { type CanActivate, type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { setPrincipal, type UpgradeRequest } from '@millrace/core';
import { queryOf } from '@millrace/core/http';
import type { WireStreamNumbers } from '@millrace/protocol';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

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

describe.each(HTTP_ADAPTERS)('Numbers of streams over the network on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    const streams = StreamStoreModule.forRoot({
      store: memoryStore(),
      retention: { maxLength: 10, maxAge: '90s', maxBytes: 5000 },
    });
    running = await startApplication([GrantModule, streams], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  const ask = async (path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${running.url}/streams${path}`, { method });
    return { status: response.status, body: await response.json() };
  };
  const numbers = async (query = ''): Promise<WireStreamNumbers[]> =>
    (await ask(`?statistics=true${query}`)).body as WireStreamNumbers[];
  const of = async (name: string): Promise<WireStreamNumbers> => {
    const [found] = await numbers(`&match=${encodeURIComponent(name)}`);
    if (!found) throw new Error(`There is no stream ${name}`);
    return found;
  };

  it('stream-store#101: tells the numbers of all streams in the order of their names', async () => {
    const [first] = await store.append('b ü', texts('1', '22'));
    const last = (await store.append('b ü', texts('333'))).at(-1);
    await store.append('a', texts('x'));
    await store.end('a');
    await store.groups.open('b ü', 'g');
    const found = await numbers();
    expect(found.map(({ name }) => name)).toEqual(['a', 'b ü']);
    expect(found[1]).toEqual({
      name: 'b ü',
      entries: 3,
      bytes: 6,
      added: 3,
      first_id: first,
      last_id: last,
      ended: false,
      groups: 1,
      readers: 0,
      writers: 0,
      rate: null,
    });
    expect(found[0]).toMatchObject({ name: 'a', entries: 1, ended: true, groups: 0 });
  });

  it('stream-store#101: match, after and count choose streams, of those that the caller may read', async () => {
    for (const name of ['pick.1', 'pick.2', 'pick.3', 'other']) await store.append(name, texts('x'));
    const names = async (query: string): Promise<string[]> => (await numbers(query)).map(({ name }) => name);
    expect(await names('&match=pick.')).toEqual(['pick.1', 'pick.2', 'pick.3']);
    expect(await names('&match=pick.&count=2')).toEqual(['pick.1', 'pick.2']);
    expect(await names('&match=pick.&count=2&after=pick.2')).toEqual(['pick.3']);
    expect(await names('&match=pick*')).toEqual([]);
    expect(await names('&match=pick.&count=1&scopes=streams:read:pick.2,streams:read:pick.3')).toEqual(['pick.2']);
    expect(await names('&scopes=streams:write:*')).toEqual([]);
    for (const count of ['0', '10001', 'x']) expect((await ask(`?statistics=true&count=${count}`)).status).toBe(422);
    expect((await ask('?statistics=maybe')).status).toBe(422);
  });

  it('stream-store#101: counts who reads and writes: sockets, events and pictures, until they go', async () => {
    await store.append('watched', texts('1'));
    const path = `${running.wsUrl}/data/watched`;
    const pull = await SocketClient.open(`${path}/pull`);
    const both = await SocketClient.open(`${running.wsUrl}/data/watched+beside/pull`);
    const push = await SocketClient.open(`${path}/push`);
    const ending = new AbortController();
    const headers = { Accept: 'text/event-stream' };
    const events = await fetch(`${running.url}/data/watched`, { headers, signal: ending.signal });
    const pictures = await fetch(`${running.url}/mjpeg/watched`, { signal: ending.signal });
    expect([events.status, pictures.status]).toEqual([200, 200]);
    await waitFor('all to be counted', async () => (await of('watched')).readers === 4);
    expect((await of('watched')).writers).toBe(1);
    const several = await SocketClient.open(`${running.wsUrl}/data/*/push?ack=true`);
    for (let time = 0; time < 2; time += 1) {
      several.send('[["watched",0]]');
      several.send(Buffer.from('2'));
      await several.nextText();
    }
    expect((await of('watched')).writers).toBe(2);
    await Promise.all([pull.close(), both.close(), push.close(), several.close()]);
    ending.abort();
    await waitFor('all to go', async () => {
      const { readers, writers } = await of('watched');
      return readers === 0 && writers === 0;
    });
  });

  it('stream-store#101: tells how many entries were added in a second, when it has looked twice', async () => {
    await store.append('fast', texts('1'));
    const begun = performance.now();
    expect((await of('fast')).rate).toBeNull();
    await store.append('fast', texts('2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'));
    const rate = await waitFor('a rate', async () => (await of('fast')).rate, { pause: 100 });
    const seconds = (performance.now() - begun) / 1000;
    // Retention has taken some of them, which changes nothing.
    expect((await of('fast')).entries).toBe(10);
    expect(rate).toBeLessThanOrEqual(12);
    expect(rate).toBeGreaterThanOrEqual(12 / seconds - 0.001);
  });

  it('stream-store#102: a group is moved by REST, and the sockets at work in it go on behind its new place', async () => {
    const ids = await store.append('moved', texts('1', '2', '3'));
    const client = await SocketClient.open(`${running.wsUrl}/data/moved/pull?last_entry_id=0&group=g&count=9`);
    const pair = async (): Promise<string> => {
      await client.nextText();
      return (await client.next()).data.toString();
    };
    expect(await pair()).toBe('123');
    // It holds them, and has not acknowledged them yet.
    const moved = await ask(`/moved/groups/g?after=${ids[1]}&move=true&max_deliveries=4`, 'PUT');
    expect(moved).toMatchObject({ status: 200, body: { last: ids[1], lag: 1, pending: 0, max_deliveries: 4 } });
    client.send('');
    expect(await pair()).toBe('3');
    client.send('');
    await waitFor('an acknowledgement', async () => (await store.groups.describe('moved', 'g'))?.pending === 0);
    // It waits, and hears of it.
    expect((await ask('/moved/groups/g?after=0&move=true', 'PUT')).body).toMatchObject({ last: '0-0' });
    expect(await pair()).toBe('123');
    await client.close();
    // A group that is there stays where it is without it.
    expect((await ask('/moved/groups/g?after=0', 'PUT')).body).toMatchObject({ last: ids[2] });
    expect((await ask('/moved/groups/none?after=0&move=true', 'PUT')).status).toBe(404);
    expect((await ask('/moved/groups/g?move=true', 'PUT')).status).toBe(422);
    expect((await ask('/moved/groups/g?move=true&after=soon', 'PUT')).status).toBe(400);
    const weak = '/moved/groups/g?after=0&move=true&scopes=streams:read:*';
    expect((await ask(weak, 'PUT')).status).toBe(403);
  });

  it('stream-store#103: a group tells its lag in seconds, and how often what is pending was handed out', async () => {
    await store.setMetadata('lagging', { max_age: 1e10 });
    await store.appendAll(['1000-0', '5500-0'].map((id) => ({ stream: 'lagging', id, data: Buffer.from(id) })));
    await ask('/lagging/groups/g?after=0', 'PUT');
    expect((await ask('/lagging/groups')).body).toMatchObject([{ lag: 2, lag_seconds: 4.5, attempts: 0 }]);
    const member = { stream: 'lagging', group: 'g', consumer: 'a' };
    for (let time = 0; time < 3; time += 1) {
      await store.groups.take(member, { count: 2 });
      await store.groups.release(member);
    }
    await store.groups.take(member, { count: 2 });
    expect((await ask('/lagging/groups/g')).body).toMatchObject({
      lag: 0,
      lag_seconds: 0,
      pending: 2,
      attempts: 4,
      consumers: [{ consumer: 'a', attempts: 4 }],
    });
  });

  it('stream-store#104: a stream tells what bounds it: its metadata, else the settings', async () => {
    await store.append('bounded', texts('1'));
    const retention = async (): Promise<unknown> => ((await ask('/bounded')).body as { retention: unknown }).retention;
    expect(await retention()).toEqual({ max_len: 10, max_age: 90, max_bytes: 5000 });
    await store.setMetadata('bounded', { max_len: 7, max_age: 1.5 });
    expect(await retention()).toEqual({ max_len: 7, max_age: 1.5, max_bytes: 5000 });
  });
});
