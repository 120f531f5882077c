// What is measured. Each scenario answers one figure for one server; `better` says which way is good.
const KIB = 1024;
let names = 0;
const freshName = () => `s${(names += 1)}`;

async function push(server, load, options) {
  const stream = freshName();
  let started;
  let stored = 0;
  await load.run('push', { url: server.url(stream, 'push'), ...options }, (told) => ({ started, stored } = told));
  await server.waitStored(stream, stored);
  const rate = (stored / (performance.timeOrigin + performance.now() - started)) * 1000;
  await load.run('release');
  return { rate, stream, stored };
}

const sizes = [
  [100, '100 B', 200_000],
  [KIB, '1 KiB', 200_000],
  [64 * KIB, '64 KiB', 4_000],
];

const pushes = sizes.flatMap(([size, label, entries]) =>
  [1, 8].flatMap((connections) => [
    {
      group: 'push',
      title: `push plain, ${connections} conn, ${label}`,
      unit: 'entries/s',
      target: 0.8,
      run: async (server, load) => (await push(server, load, { connections, size, entries })).rate,
    },
    {
      group: 'acked',
      title: `push acked, ${connections} conn, ${label}`,
      unit: 'acks/s',
      target: connections === 1 ? 0.8 : undefined,
      // Commits are shared: eight connections together bring three times what one does.
      times: connections === 1 ? undefined : { title: `push acked, 1 conn, ${label}`, factor: 3 * 0.8 },
      run: async (server, load) =>
        (await load.run('acked', { url: server.url(freshName(), 'push'), connections, size, seconds: 1 })).rate,
    },
    {
      group: 'batch',
      title: `push batches of 100, ${connections} conn, ${label}`,
      unit: 'entries/s',
      target: 0.8,
      run: async (server, load) => (await push(server, load, { connections, size, entries, batch: 100 })).rate,
    },
  ]),
);

const BACKLOG = 200_000;
const pulls = [1, 100].map((count) => ({
  group: 'pull',
  title: `pull of a backlog of ${BACKLOG / 1000},000, count=${count}, 1 KiB`,
  unit: 'entries/s',
  target: 0.8,
  prepare: async (server, load) =>
    (await push(server, load, { connections: 1, size: KIB, entries: BACKLOG, batch: 100 })).stream,
  run: async (server, load, stream) =>
    (await load.run('pull', { url: server.url(stream, 'pull'), count, size: KIB, entries: BACKLOG })).rate,
}));

const fanOut = {
  group: 'fan-out',
  title: 'fan-out 1 to 50, count=1, 1 KiB',
  unit: 'deliveries/s',
  target: 0.6,
  run: async (server, load) => {
    const stream = freshName();
    const urls = { pushUrl: server.url(stream, 'push'), pullUrl: server.url(stream, 'pull') };
    return (await load.run('fanOut', { ...urls, pullers: 50, size: KIB, entries: 10_000 })).rate;
  },
};

const latency = {
  group: 'latency',
  title: 'push to pull, 1 KiB at 1,000/s, p99',
  unit: 'ms',
  lower: true,
  below: 1,
  rounds: 5,
  run: async (server, load) => {
    const stream = freshName();
    const urls = { pushUrl: server.url(stream, 'push'), pullUrl: server.url(stream, 'pull') };
    return (await load.run('latency', { ...urls, size: KIB, perSecond: 1000, seconds: 2 })).p99;
  },
};

const idle = {
  group: 'idle',
  title: 'resident memory of an idle puller (of 2,000)',
  unit: 'bytes',
  lower: true,
  below: 15_000,
  rounds: 1,
  run: async (server, load) => {
    const url = server.url(freshName(), 'pull');
    // What the first sockets load and warm up is not theirs.
    await load.run('idle', { url, pullers: 100 });
    const before = await server.ask('memory');
    await load.run('idle', { url, pullers: 2000 });
    const after = await server.ask('memory');
    await load.run('release');
    return (after - before) / 2000;
  },
};

const slow = (withSlow) => ({
  group: 'slow',
  title: `50 pullers at 200/s${withSlow ? ', one more that never reads' : ''}: p99`,
  unit: 'ms',
  lower: true,
  rounds: 3,
  prepare: async (server, load) =>
    (await push(server, load, { connections: 1, size: KIB, entries: 100_000, batch: 100 })).stream,
  run: async (server, load, stream) => {
    const urls = { pushUrl: server.url(stream, 'push'), pullUrl: server.url(stream, 'pull') };
    const options = { ...urls, size: KIB, perSecond: 200, seconds: 2, pullers: 50, slow: withSlow ? 1 : 0 };
    return (await load.run('latency', options)).p99;
  },
});

/** So many that what one of them holds stands out from what the process does anyhow. */
const SLOW_PULLERS = 20;
const slowMemory = {
  group: 'slow',
  title: 'memory for a puller that never reads, 100 MiB behind',
  unit: 'bytes',
  lower: true,
  below: 8 * 2 ** 20,
  rounds: 1,
  prepare: async (server, load) =>
    (await push(server, load, { connections: 1, size: KIB, entries: 100_000, batch: 100 })).stream,
  run: async (server, load, stream) => {
    const urls = { pushUrl: server.url(stream, 'push'), pullUrl: server.url(stream, 'pull') };
    const options = { ...urls, size: KIB, perSecond: 200, seconds: 1, pullers: 50 };
    await load.run('latency', options);
    const before = await server.ask('held');
    const running = load.run('latency', { ...options, seconds: 3, slow: SLOW_PULLERS });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const after = await server.ask('held');
    await running;
    return Math.max(0, after - before) / SLOW_PULLERS;
  },
};

export const SCENARIOS = [...pushes, ...pulls, fanOut, latency, idle, slow(false), slow(true), slowMemory];
