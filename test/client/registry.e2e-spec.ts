import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import {
  connect,
  type ConnectionEvent,
  type Millrace,
  type MillraceOptions,
  nodeSources,
  NotFoundError,
} from '@millrace/client';
import { ConnectionRegistry, ConnectivityModule } from '@millrace/connectivity';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { holdTimers, nextTurn, turnsUntil } from '../support/held-timers.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const at = (uid: string, dataType = 'Frame') => ({ uid, uri: `tcp://host/${uid}`, dataType });

describe.each(HTTP_ADAPTERS)('The registry of connect() on %s', (adapter) => {
  let running: RunningApplication;
  let way: CuttingProxy;
  let millrace: Millrace;
  let number = 0;
  const fresh = (): string => `session ü/${(number += 1)}`;
  const open = (options: MillraceOptions = {}): Promise<Millrace> =>
    connect(way.url, { sources, maxPause: 50, check: false, ...options });
  beforeAll(async () => {
    running = await startApplication([ConnectivityModule.forRoot()], { adapter });
    way = await CuttingProxy.start(Number(new URL(running.url).port));
  });
  beforeEach(async () => {
    millrace = await open();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await millrace.close();
  });
  afterAll(async () => {
    await way.close();
    await running.close();
  });

  /** Takes a number of events, and a description of each. */
  const take = async (watch: AsyncIterable<ConnectionEvent>, count: number): Promise<string[]> => {
    const taken: string[] = [];
    for await (const event of watch) {
      if (event.type === 'snapshot') taken.push(`snapshot of ${event.connections.map(({ uid }) => uid).join()}`);
      else taken.push(event.type === 'gap' ? 'gap' : `${event.type} ${event.connection.uid}`);
      if (taken.length === count) break;
    }
    return taken;
  };

  it('publishes, looks up, lists and retracts', async () => {
    const { registry } = millrace;
    const partition = fresh();
    await registry.publish(partition, { ...at('a'), connectionType: 1, capacity: 7 });
    await registry.publish(partition, [at('b'), at('c', 'Trigger')]);
    expect(await registry.lookup(partition, { dataType: 'Frame' })).toEqual([
      { uid: 'a', uri: 'tcp://host/a', dataType: 'Frame', connectionType: 1, capacity: 7 },
      { uid: 'b', uri: 'tcp://host/b', dataType: 'Frame', connectionType: 0, capacity: 0 },
    ]);
    expect(await registry.lookup(partition, { pattern: '[b-z]', dataType: 'Frame' })).toMatchObject([{ uid: 'b' }]);
    expect((await registry.list(partition)).map(({ uid }) => uid)).toEqual(['a', 'b', 'c']);
    expect(await registry.list(partition, { dataType: 'Trigger' })).toMatchObject([{ uid: 'c' }]);
    expect(await registry.list('nowhere')).toEqual([]);
    expect(await registry.partitions()).toContainEqual({ name: partition, entries: 3 });
    await registry.retract(partition, 'a');
    await registry.retract(partition, ['b']);
    expect((await registry.list(partition)).map(({ uid }) => uid)).toEqual(['c']);
    await registry.retractPartition(partition);
    const gone = registry.lookup(partition, { dataType: 'Frame' });
    await expect(gone).rejects.toBeInstanceOf(NotFoundError);
    await expect(registry.retract(partition, 'a')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(registry.lookup(partition, { pattern: '(', dataType: 'x' })).rejects.toMatchObject({ status: 400 });
  });

  it('lists connections with who published them and how long they live', async () => {
    const { registry } = millrace;
    const partition = fresh();
    const before = Date.now();
    await registry.publish(partition, [at('a'), at('b', 'Trigger'), at('c')]);
    const { entries, more } = await registry.entries(partition, { dataType: 'Frame', pattern: '[a-z]' });
    expect([entries.map(({ uid }) => uid), more]).toEqual([['a', 'c'], false]);
    const [first] = entries;
    expect(first).toEqual({
      ...at('a'),
      ...{ connectionType: 0, capacity: 0, publisher: null, host: false, live: true },
      published: expect.any(Date),
      timeLeft: expect.any(Number),
    });
    expect(Math.abs(Number(first?.published) - before)).toBeLessThan(60_000);
    expect(await registry.entries(partition, { count: 2, expired: true })).toMatchObject({
      entries: [{ uid: 'a' }, { uid: 'b' }],
      more: true,
    });
    await expect(registry.entries('nowhere')).rejects.toBeInstanceOf(NotFoundError);
    await expect(registry.entries(partition, { count: 0 })).rejects.toMatchObject({ status: 400 });
  });

  it('watches what comes and goes', async () => {
    const { registry } = millrace;
    const partition = fresh();
    const empty = registry.watch(partition);
    const { index = '' } = (await empty.next()).value ?? {};
    await empty.return();
    await registry.publish(partition, at('a'));
    const watch = registry.watch(partition, { pattern: '[ab]' });
    expect(await take(watch, 1)).toEqual(['snapshot of a']);
    const watched = take(registry.watch(partition, { pattern: '[ab]', after: index }), 4);
    await registry.publish(partition, [at('b'), at('ignored')]);
    await registry.publish(partition, { ...at('a'), uri: 'tcp://elsewhere' });
    await registry.retract(partition, 'b');
    expect(await watched).toEqual(['published a', 'published b', 'changed a', 'retracted b']);
  });

  it('a watch goes on through cuts: each change once and in order', async () => {
    const { registry } = millrace;
    const partition = fresh();
    const store = running.app.get(ConnectionRegistry, { strict: false });
    const seen: string[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      for await (const event of registry.watch(partition, { signal: abort.signal })) {
        if (event.type === 'published') seen.push(event.connection.uid);
        else if (event.type === 'snapshot') seen.push(`snapshot of ${event.connections.length}`);
      }
    })();
    await waitFor('the snapshot', () => seen.length === 1);
    for (let round = 0; round < 5; round += 1) {
      const before = seen.length;
      for (let n = 0; n < 10; n += 1)
        await store.publish(partition, [{ ...at(`${round}-${n}`), connectionType: 0, capacity: 0 }]);
      await waitFor('news', () => seen.length > before);
      way.cut();
    }
    await waitFor('all of them', () => seen.length === 51);
    abort.abort(new Error('enough'));
    await expect(watching).rejects.toThrow('enough');
    const expected = Array.from({ length: 50 }, (_, n) => `${Math.floor(n / 10)}-${n % 10}`);
    expect(seen).toEqual(['snapshot of 0', ...expected]);
  });

  it('a watch goes on after the index it is given', async () => {
    const { registry } = millrace;
    const partition = fresh();
    await registry.publish(partition, at('a'));
    let index = '';
    for await (const event of registry.watch(partition)) {
      ({ index } = event);
      break;
    }
    await registry.publish(partition, at('b'));
    expect(await take(registry.watch(partition, { after: index }), 1)).toEqual(['published b']);
    // What was never an index is a gap.
    expect(await take(registry.watch(partition, { after: 'rubbish' }), 2)).toEqual(['gap', 'snapshot of a,b']);
  });

  it('a watch that goes on where nothing has happened is answered all the same', async () => {
    const partition = fresh();
    const watch = millrace.registry.watch(partition);
    const { index = '' } = (await watch.next()).value ?? {};
    await watch.return();
    const url = `${running.url}/connections/${encodeURIComponent(partition)}/watch?after=${index}`;
    const request = get(url);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.destroy();
  });

  it('a watch that is refused is raised', async () => {
    const watch = millrace.registry.watch(fresh(), { pattern: '(' });
    await expect(watch.next()).rejects.toMatchObject({ code: 'BAD_REQUEST', status: 400 });
  });

  it('waits until enough connections are there', async () => {
    const { registry } = millrace;
    const partition = fresh();
    const waiting = registry.waitFor(partition, { dataType: 'Frame' }, { count: 2, timeout: '60s' });
    await registry.publish(partition, [at('a'), at('x', 'Trigger')]);
    await registry.publish(partition, at('b'));
    expect((await waiting).map(({ uid }) => uid)).toEqual(['a', 'b']);
    const vain = registry.waitFor(partition, {}, { count: 9, timeout: 30 });
    await expect(vain).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  it('keeps connections published longer than they live, and retracts them at the end', async () => {
    const [life, interval] = [60_000, 10_000];
    const brief = await startApplication([ConnectivityModule.forRoot({ ttl: life })], { adapter });
    const client = await connect(brief.url, { sources });
    const { registry } = client;
    const partition = fresh();
    holdTimers({ clock: true });
    const kept = await registry.keepPublished(partition, [at('a'), at('b')], { interval });
    await kept.add(at('c'));
    const events: string[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      for await (const event of registry.watch(partition, { signal: abort.signal })) events.push(event.type);
    })().catch(() => undefined);
    await turnsUntil(() => events.length > 0);
    const publishing = jest.spyOn(registry, 'publish');
    for (let passed = 0; passed <= 2 * life; passed += interval) {
      jest.advanceTimersByTime(interval);
      expect(publishing).toHaveBeenCalledTimes(1 + passed / interval);
      await publishing.mock.results.at(-1)?.value;
      await nextTurn();
    }
    expect((await registry.list(partition)).map(({ uid }) => uid)).toEqual(['a', 'b', 'c']);
    // Nothing has expired.
    expect(events).toEqual(['snapshot']);
    await kept.remove('b', 'unknown');
    expect((await registry.list(partition)).map(({ uid }) => uid)).toEqual(['a', 'c']);
    await kept.close();
    await kept.close();
    expect(await registry.list(partition)).toEqual([]);
    abort.abort();
    await watching;
    await client.close();
    await brief.close();
  });

  it('keeps nothing published without a pause between', async () => {
    const kept = millrace.registry.keepPublished(fresh(), at('a'), { interval: 0 });
    await expect(kept).rejects.toMatchObject({ setting: 'interval' });
  });

  it('closing the client retracts what it kept published', async () => {
    const other = await open();
    const partition = fresh();
    await other.registry.keepPublished(partition, at('a'));
    await other.close();
    expect(await millrace.registry.list(partition)).toEqual([]);
  });

  it('a kept publication outlasts an outage, and tells of it', async () => {
    const partition = fresh();
    const errors: Error[] = [];
    const { port } = new URL(way.url);
    const dead = await connect(`127.0.0.1:${port}`, { sources, check: false, timeout: 5000 });
    const kept = await dead.registry.keepPublished(partition, at('a'), {
      interval: 20,
      onError: (error) => void errors.push(error),
    });
    const { target } = way;
    way.target = undefined;
    way.cut();
    await waitFor('a failure', () => errors.length > 0 && kept.lastError !== undefined);
    way.target = target;
    await waitFor('the next success', () => kept.lastError === undefined);
    await dead.close();
  });
});
