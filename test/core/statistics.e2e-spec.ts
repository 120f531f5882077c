import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { AuthModule, TokenService } from '@millrace/auth';
import { connect, ForbiddenError, type Millrace, nodeSources, type StatisticsEvent } from '@millrace/client';
import { type MetricFamily, type OperationsPart, OperationsRegistry } from '@millrace/core/ops';
import { MillraceStatisticsModule, type StatisticsOptions } from '@millrace/core/statistics';
import { openSlowly } from '../connectivity/slow-reader.js';
import { closeInTime, HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const AUTH = { jwt: { secret: 'a secret of at least thirty-two bytes' }, throttle: false } as const;
const FAST = { interval: 100 };

/** A module that imports the statistics as a page of another package does. */
@Module({ imports: [MillraceStatisticsModule] })
class PagesModule {}

const gauge = (name: string, read: () => number | undefined | Promise<number>): MetricFamily => ({
  type: 'gauge',
  name,
  help: 'A gauge',
  read,
});

describe.each(HTTP_ADAPTERS)('The statistics on %s', (adapter) => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  const start = async (
    parts: OperationsPart[],
    {
      options = FAST,
      imports = [],
      prefix,
    }: { options?: StatisticsOptions; imports?: (Type | DynamicModule)[]; prefix?: string } = {},
  ): Promise<RunningApplication> => {
    const running = await startApplication([MillraceStatisticsModule.forRoot(options), ...imports], {
      adapter,
      prepare: (app) => {
        if (prefix !== undefined) app.setGlobalPrefix(prefix);
        for (const part of parts) app.get(OperationsRegistry, { strict: false }).add(part);
      },
    });
    open.push(() => running.close());
    return running;
  };
  const clientOf = async (url: string, token?: string): Promise<Millrace> => {
    const millrace = await connect(url, { sources, check: false, maxPause: 50, apiKey: token, keyInClear: true });
    open.push(() => millrace.close());
    return millrace;
  };
  const named = (millrace: Millrace) => async (name: string) =>
    (await millrace.statistics()).series.filter((series) => series.name === name);
  const samplesTaken = (millrace: Millrace, count: number): Promise<unknown> =>
    waitFor(`${count} samples`, async () => (await millrace.statistics()).times.length >= count);
  /** The events until one that is looked for, that one included. */
  const until = async (
    watch: AsyncIterable<StatisticsEvent>,
    isLast: (event: StatisticsEvent) => boolean,
  ): Promise<StatisticsEvent[]> => {
    const taken: StatisticsEvent[] = [];
    for await (const event of watch) {
      taken.push(event);
      if (isLast(event)) break;
    }
    return taken;
  };

  it('statistics#1: give one value a series for each time, and are kept by no cache', async () => {
    const before = Date.now();
    const { url } = await start([]);
    const millrace = await clientOf(url);
    await samplesTaken(millrace, 3);
    const found = await millrace.statistics();
    expect(found.instance).toMatch(/\S/);
    expect(found.interval).toBe(100);
    expect(found.started).toBeGreaterThanOrEqual(before);
    expect(found.now).toBeGreaterThanOrEqual(found.times.at(-1)!);
    expect([...found.times].sort((one, other) => one - other)).toEqual(found.times);
    for (const { values } of found.series) expect(values).toHaveLength(found.times.length);
    expect(found.leftOut).toEqual([]);
    const response = await fetch(`${url}/statistics`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('statistics#2: have counters raw, gauges, the process, and no histograms', async () => {
    let grown = 5;
    const heard: ((value: number, labels?: Record<string, string>) => void)[] = [];
    const { url } = await start([
      {
        name: 'a',
        metrics: [
          { type: 'counter', name: 'grown_total', help: 'Grown', read: () => (grown += 1) },
          { type: 'counter', name: 'told_total', help: 'Told', labels: ['who'], subscribe: (add) => heard.push(add) },
          { type: 'histogram', name: 'took_seconds', help: 'Took', buckets: [1], subscribe: () => undefined },
          gauge('level', () => -2.5),
        ],
      },
      { name: 'b', metrics: [{ type: 'counter', name: 'grown_total', help: 'Grown', read: () => 100 }] },
    ]);
    const millrace = await clientOf(url);
    for (const add of heard) add(3, { who: 'x' });
    for (const add of heard) add(4, { who: 'x' });
    await samplesTaken(millrace, 3);
    const series = named(millrace);
    const [counter] = await series('grown_total');
    expect(counter).toMatchObject({ type: 'counter', help: 'Grown', labels: {} });
    expect(counter!.values.slice(0, 2)).toEqual([106, 107]);
    expect((await series('level'))[0]).toMatchObject({ type: 'gauge' });
    expect((await series('level'))[0]!.values.at(-1)).toBe(-2.5);
    expect((await series('told_total')).map(({ labels, values }) => [labels, values.at(-1)])).toEqual([
      [{ who: 'x' }, 7],
    ]);
    expect(await series('took_seconds')).toEqual([]);
    for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'process_uptime_seconds']) {
      expect((await series(name))[0]!.values.at(-1)).toBeGreaterThan(0);
    }
    expect(await series('nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
    expect(await series('nodejs_heap_size_used_bytes')).toHaveLength(1);
  });

  it('statistics#3: have null where a family failed or gave no answer, and the values of the others', async () => {
    let reads = 0;
    let asked = 0;
    const { url } = await start([
      {
        name: 'a',
        metrics: [
          gauge('thrown', () => {
            if ((reads += 1) % 2 === 0) throw new Error('away');
            return 1;
          }),
          gauge('rejected', async () => {
            if (reads % 2 === 0) throw new Error('away');
            return 1;
          }),
          gauge('silent', () => {
            asked += 1;
            return asked === 1 ? 1 : new Promise<number>(() => undefined);
          }),
          gauge('well', () => 2),
        ],
      },
    ]);
    const millrace = await clientOf(url);
    await samplesTaken(millrace, 6);
    const series = named(millrace);
    for (const name of ['thrown', 'rejected'])
      expect((await series(name))[0]!.values.slice(0, 4)).toEqual([1, null, 1, null]);
    expect((await series('silent'))[0]!.values.slice(0, 3)).toEqual([1, null, null]);
    expect(asked).toBe(2);
    expect((await series('well'))[0]!.values).not.toContain(null);
  });

  it('statistics#4: keep so many series, name what is left out, and leave room for all families', async () => {
    const many = (name: string, count: number): MetricFamily => ({
      type: 'gauge',
      name,
      help: 'Many',
      labels: ['number'],
      read: () => Array.from({ length: count }, (_, number) => ({ labels: { number: `${number}` }, value: number })),
    });
    const metrics = [
      many('first', 1000),
      many('second', 4),
      many('third', 8),
      many('fourth', 8),
      gauge('single', () => 1),
    ];
    const { url } = await start([{ name: 'a', metrics }], { options: { ...FAST, maxSeries: 32 } });
    const millrace = await clientOf(url);
    const { series, leftOut } = await millrace.statistics();
    expect(series.length).toBeLessThanOrEqual(32);
    const count = (name: string): number => series.filter((one) => one.name === name).length;
    expect(['first', 'second', 'third', 'single'].map(count)).toEqual([4, 4, 4, 1]);
    expect(leftOut).toContainEqual({ name: 'first', series: 996 });
    expect(leftOut).toContainEqual({ name: 'third', series: 4 });
    expect(leftOut.map(({ name }) => name)).not.toContain('second');
  });

  it('statistics#5: keep so many samples, and a series without a value in them goes', async () => {
    let number = 0;
    let gone = false;
    const { url } = await start(
      [{ name: 'a', metrics: [gauge('number', () => (number += 1)), gauge('goes', () => (gone ? undefined : 1))] }],
      {
        options: { ...FAST, samples: 4 },
      },
    );
    const millrace = await clientOf(url);
    await waitFor('ten samples', () => number >= 10);
    const { times, series } = await millrace.statistics();
    expect(times).toHaveLength(4);
    const { values } = series.find(({ name }) => name === 'number')!;
    expect(values.map((value) => value! - values[0]!)).toEqual([0, 1, 2, 3]);
    expect(values[0]).toBeGreaterThanOrEqual(6);
    gone = true;
    await waitFor('the end of the series', async () => (await named(millrace)('goes')).length === 0);
  });

  it('statistics#6: are watched as a snapshot and each sample, with the series that come, through cuts', async () => {
    let visitors: string[] = [];
    const visited: MetricFamily = {
      type: 'gauge',
      name: 'visited',
      help: 'Visited',
      labels: ['who'],
      read: () => visitors.map((who) => ({ labels: { who }, value: 7 })),
    };
    const { url } = await start([{ name: 'a', metrics: [visited, gauge('level', () => 3)] }]);
    const way = await CuttingProxy.start(Number(new URL(url).port));
    open.push(() => way.close());
    const millrace = await clientOf(way.url);
    const events: StatisticsEvent[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      for await (const event of millrace.watchStatistics({ signal: abort.signal })) events.push(event);
    })().catch((error: unknown) => error);
    await waitFor('three samples', () => events.length >= 4);
    const [snapshot] = events;
    if (snapshot?.type !== 'snapshot') throw new Error('The first event is not a snapshot');
    const level = snapshot.series.find(({ name }) => name === 'level')!;
    expect(level.values.at(-1)).toBe(3);
    visitors = ['x'];
    const came = await waitFor('the series', () => events.find((event) => event.type === 'sample' && event.added));
    if (came.type !== 'sample') throw new Error('It came by a snapshot');
    const [added] = came.added!;
    expect(added).toMatchObject({ name: 'visited', labels: { who: 'x' } });
    expect(came.values).toMatchObject({ [level.id]: 3, [added!.id]: 7 });
    const samples = events.slice(1).filter((event) => event.type === 'sample');
    expect(samples).toHaveLength(events.length - 1);
    const { length } = events;
    way.cut();
    await waitFor('another snapshot', () => events.slice(length).some(({ type }) => type === 'snapshot'));
    abort.abort(new Error('enough'));
    expect(await watching).toEqual(new Error('enough'));
  });

  it('statistics#7: need statistics:read, unless they are public', async () => {
    const { app, url } = await start([], { imports: [AuthModule.forRoot(AUTH)] });
    const tokens = app.get(TokenService, { strict: false });
    const tokenOf = (scope: string): string => tokens.issue({ name: 'x', scopes: [scope] }).token;
    expect((await fetch(`${url}/statistics`)).status).toBe(401);
    const refused = (await clientOf(url, tokenOf('streams:read'))).statistics();
    await expect(refused).rejects.toBeInstanceOf(ForbiddenError);
    expect((await (await clientOf(url, tokenOf('statistics:read'))).statistics()).series).not.toEqual([]);
    const open = await start([], { imports: [AuthModule.forRoot(AUTH)], options: { ...FAST, public: true } });
    expect((await fetch(`${open.url}/statistics`)).status).toBe(200);
  });

  it('statistics#8: are behind the prefix of the host, or at their path', async () => {
    const behind = await start([], { prefix: 'api' });
    expect((await fetch(`${behind.url}/api/statistics`)).status).toBe(200);
    expect((await fetch(`${behind.url}/statistics`)).status).toBe(404);
    const beside = await start([], { prefix: 'api', options: { ...FAST, ignoreGlobalPrefix: true } });
    expect((await fetch(`${beside.url}/statistics`)).status).toBe(200);
  });

  it('statistics#9: are those of one application', async () => {
    const [one, other] = [await start([{ name: 'a', metrics: [gauge('only', () => 1)] }]), await start([])];
    const [first, second] = [await clientOf(one.url), await clientOf(other.url)];
    expect(await named(first)('only')).toHaveLength(1);
    expect(await named(second)('only')).toEqual([]);
    expect((await first.statistics()).instance).not.toBe((await second.statistics()).instance);
  });

  it('statistics#10: are imported by several modules, and once with options', async () => {
    const { url } = await start([], { imports: [PagesModule, MillraceStatisticsModule] });
    expect((await (await clientOf(url)).statistics()).interval).toBe(100);
    const bare = await startApplication([PagesModule, MillraceStatisticsModule], { adapter });
    open.push(() => bare.close());
    expect((await (await clientOf(bare.url)).statistics()).interval).toBe(5000);
    const twice = start([], { imports: [MillraceStatisticsModule.forRoot({ samples: 3 })] });
    await expect(twice).rejects.toThrow(/MillraceStatisticsModule is imported twice/);
  });

  it('statistics#11: ask other servers once a minute', async () => {
    let reads = 0;
    const costly: MetricFamily = { ...gauge('far', async () => (reads += 1)), costly: true };
    const { url } = await start([{ name: 'a', metrics: [costly] }]);
    const millrace = await clientOf(url);
    await samplesTaken(millrace, 4);
    expect((await named(millrace)('far'))[0]!.values.slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(reads).toBe(1);
  });

  it('statistics#12: say what is wrong, the worst first, and name parts that are not well', async () => {
    const notice = { code: 'A', text: 'Something', remedy: 'Do it' };
    let isWell = true;
    const { url } = await start([
      { name: 'quiet', health: () => ({ status: 'up' }) },
      { name: 'chatty', notices: () => [{ ...notice, level: 'info' }], health: () => ({ status: 'degraded' }) },
      {
        name: 'known',
        notices: async () => [{ ...notice, code: 'B', level: 'error' }],
        health: () => Promise.reject(new Error('x')),
      },
      { name: 'broken', notices: () => Promise.reject(new Error('no idea')) },
      { name: 'later', health: () => (isWell ? { status: 'up' } : Promise.reject(new Error('The disk is gone'))) },
    ]);
    isWell = false;
    const millrace = await clientOf(url);
    const { notices } = await millrace.statistics();
    expect(notices.filter(({ part }) => part !== 'access').map(({ part, code, level }) => [part, code, level])).toEqual(
      [
        ['known', 'B', 'error'],
        ['later', 'PART_DOWN', 'error'],
        ['chatty', 'PART_DEGRADED', 'warning'],
        ['broken', 'NOTICES_UNREADABLE', 'warning'],
        ['chatty', 'A', 'info'],
      ],
    );
    expect(notices.find(({ part }) => part === 'later')?.text).toContain('The disk is gone');
    expect(notices.filter(({ remedy }) => remedy === '')).toEqual([]);
    const [snapshot] = await until(millrace.watchStatistics(), ({ type }) => type === 'snapshot');
    expect(snapshot?.notices).toEqual(notices);
  });

  it('statistics#13: begin anew for a reader that missed samples, and cut off one that takes nothing', async () => {
    let number = 0;
    // A sample that adds a series is as large as what it says of it.
    const metrics: MetricFamily[] = [
      {
        type: 'gauge',
        name: 'number',
        help: 'x'.repeat(500_000),
        labels: ['number'],
        read: () => [{ labels: { number: `${(number += 1)}` }, value: 1 }],
      },
    ];
    const headers = { Accept: 'text/event-stream' };
    const { app } = await start([{ name: 'a', metrics }]);
    const reader = await openSlowly(app, '/statistics', headers);
    const before = number;
    await waitFor('missed samples', () => number > before + 3);
    reader.release();
    const snapshots = (): number => reader.text().split('event: snapshot').length - 1;
    await waitFor('another snapshot', () => snapshots() >= 2 && reader.text().includes('event: sample'));
    reader.socket.destroy();
    const hasty = await start([{ name: 'a', metrics }], { options: { ...FAST, watcherTimeout: 300 } });
    const stuck = await openSlowly(hasty.app, '/statistics', headers);
    await waitFor('the end of the connection', () => stuck.served.destroyed);
    stuck.socket.destroy();
  });

  it('statistics#14: end with the application, which does not wait for who watches', async () => {
    const running = await startApplication([MillraceStatisticsModule], { adapter });
    const response = await fetch(`${running.url}/statistics`, { headers: { Accept: 'text/event-stream' } });
    const text = response.text();
    const begun = performance.now();
    await closeInTime(running);
    expect(await text).toContain('event: snapshot');
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});
