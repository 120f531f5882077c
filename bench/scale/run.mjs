// What it costs to be several: 1, 2 and 4 instances on one Redis, each with as many clients as the only one has.
//   npm run bench:scale -- [--rounds=3] [--match=push] [--write]
//
// Processor time is that of all instances together, for each operation; Redis has its own row of commands. The load comes from
// this process, so rates say little on a machine with few cores, and are not printed.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { ConnectorSet } from '@millrace/connector';
import { Redis } from 'ioredis';
import { load, postBytes } from '../connectivity/load-client.mjs';
import { startRedis } from '../redis-server.mjs';
import { checkRatios, machine, writeResults } from '../results.mjs';
import { binaryFrame, RawSocket } from '../stream-store/raw-socket.mjs';
import { paced } from './paced.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    match: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
Logger.overrideLogger(['error']);
const COUNTS = [1, 2, 4];
/** Of each instance. */
const CLIENTS = 16;
/** Milliseconds from one piece of work of a client to its next: what leaves the processors time, so that what comes does not depend on
 *  what the others do. */
const PACE = 20;
const SOURCES = Array.from({ length: 8 }, (_, index) => `scale-${index}`);
const payload = { text: 'x'.repeat(1000) };

async function startInstance(url) {
  const child = fork(new URL('./instance.mjs', import.meta.url), [url, SOURCES.join(',')]);
  child.once('exit', (code) => {
    if (code) throw new Error(`An instance ended with ${code}`);
  });
  const message = () => new Promise((resolve) => child.once('message', resolve));
  const { port } = await message();
  const ask = async (task, ...parameters) => {
    child.send({ task, parameters });
    const { result, error } = await message();
    if (error) throw new Error(error);
    return result;
  };
  return { port, ask, stop: () => child.disconnect() };
}

/** Instances on a Redis of their own, and connectors at them in turn. */
async function startInstances(count) {
  const redis = await startRedis();
  const instances = [];
  for (let index = 0; index < count; index += 1) instances.push(await startInstance(redis.url));
  const sets = [];
  for (const [index, source] of SOURCES.entries()) {
    const set = await ConnectorSet.create({
      targetServer: `http://127.0.0.1:${instances[index % count].port}`,
      authToken: 'token',
      sources: [source],
    });
    const connection = set.connection(source);
    connection.configureHandlers({ query: (responder) => responder.complete([payload]) });
    set.start();
    while (!connection.isConnected) await new Promise((resolve) => setTimeout(resolve, 10));
    sets.push(set);
  }
  const admin = new Redis(redis.url);
  for (let part = 0; part < 4; part += 1)
    await load({
      ...instances[0],
      requests: [postBytes('/publish', connectionsOf(`part-${part}`, 'p0', 10))],
      clients: 1,
      times: 1,
    });
  return {
    instances,
    /** One of them for each client, in turn. */
    at: (client) => instances[client % count],
    cpu: async () => (await Promise.all(instances.map(({ ask }) => ask('cpu')))).reduce((sum, used) => sum + used, 0),
    /** What Redis has used so far: processor time in microseconds, and commands. */
    redis: async () => {
      const text = await admin.info('everything');
      const [user, system, commands] = ['used_cpu_user', 'used_cpu_sys', 'total_commands_processed'].map((name) =>
        Number(new RegExp(`\\b${name}:([\\d.]+)`).exec(text)[1]),
      );
      return { cpu: (user + system) * 1e6, commands };
    },
    connections: async () => (await admin.client('LIST')).trim().split('\n').length - 1,
    stop: async () => {
      await Promise.all(sets.map((set) => set.close()));
      for (const { stop } of instances) stop();
      admin.disconnect();
      redis.stop();
    },
  };
}

const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const open = ({ port }, path) => RawSocket.open(`ws://127.0.0.1:${port}/data/${path}`);

let streams = 0;

/** Acked pushes: each client sends some at a time, and the next ones when it is time and the last are acknowledged. */
async function push({ at, instances }, { times, together, shared = false }) {
  const run = (streams += 1);
  const clients = CLIENTS * instances.length;
  const frames = Buffer.concat(Array.from({ length: together }, () => binaryFrame(Buffer.alloc(1024, 7))));
  await Promise.all(
    Array.from({ length: clients }, async (_unused, client) => {
      const socket = await open(at(client), `${shared ? `push-${run}` : `push-${run}-${client}`}/push?ack=true`);
      let acked = 0;
      socket.onFrame = () => (acked += 1);
      await paced({ pace: PACE, times, part: client / clients }, async (count) => {
        socket.socket.write(frames);
        await until(() => acked === (count + 1) * together);
      });
      socket.destroy();
    }),
  );
  return clients * times * together;
}

/** One pusher, and pullers at all instances; answers the deliveries. */
async function deliver(service, { perInstance, entries }) {
  const stream = `fan-${(streams += 1)}`;
  const pullers = perInstance * service.instances.length;
  const sockets = await Promise.all(
    Array.from({ length: pullers }, (_unused, client) => open(service.at(client), `${stream}/pull?last_entry_id=0`)),
  );
  const pusher = await open(service.at(0), `${stream}/push`);
  const frame = binaryFrame(Buffer.alloc(1024, 7));
  const slowest = () => sockets.reduce((least, { binaries }) => Math.min(least, binaries), Infinity);
  await paced({ pace: PACE, times: entries / 10 }, async (count) => {
    pusher.socket.write(Buffer.concat(Array.from({ length: 10 }, () => frame)));
    await until(() => slowest() >= (count + 1) * 10);
  });
  for (const socket of [...sockets, pusher]) socket.destroy();
  return pullers * entries;
}

const connectionsOf = (partition, head, count) => ({
  partition,
  connections: Array.from({ length: count }, (_unused, index) => ({
    connection_type: 1,
    data_type: 'Data',
    uid: `${head}_${index}`,
    uri: `tcp://192.168.1.100:${10_000 + index}`,
  })),
});

/** The same requests by all clients, at all instances; answers how many. */
async function request({ instances }, { requests, perClient }) {
  const results = await Promise.all(
    instances.map(({ port }, index) =>
      load({ port, requests: requests(index), clients: CLIENTS, times: perClient, every: PACE }),
    ),
  );
  if (results.some(({ failed }) => failed > 0)) throw new Error('Requests failed');
  return instances.length * CLIENTS * perClient;
}

const CASES = [
  {
    title: 'push, 1 KiB, a stream for each of 16 clients, 10 at a time',
    unit: 'entry',
    run: (service) => push(service, { times: 100, together: 10 }),
  },
  {
    title: 'push, 1 KiB, 16 clients in one stream, 10 at a time',
    unit: 'entry',
    run: (service) => push(service, { times: 100, together: 10, shared: true }),
  },
  {
    title: 'delivery, 1 KiB, one stream to 100 pullers',
    unit: 'delivery',
    run: (service) => deliver(service, { perInstance: 100, entries: 1000 }),
  },
  {
    title: 'publication of 10 connections, a partition for each of 4 groups',
    unit: 'publication',
    run: (service) =>
      request(service, {
        perClient: 100,
        requests: (index) =>
          Array.from({ length: 4 }, (_unused, group) =>
            postBytes('/publish', connectionsOf(`part-${(index + group) % 4}`, `p${group}`, 10)),
          ),
      }),
  },
  {
    title: 'look-up of 10 connections',
    unit: 'look-up',
    run: (service) =>
      request(service, {
        perClient: 100,
        requests: () => [postBytes('/getconnection/part-0', { uid_regex: 'p0_.*', data_type: 'Data' })],
      }),
  },
  {
    title: 'query, 1 KiB, of 8 sources, through the instance that has them or another',
    unit: 'query',
    run: async ({ instances }) => {
      await Promise.all(instances.map(({ ask }) => ask('query', SOURCES, 100, CLIENTS, PACE)));
      return instances.length * CLIENTS * 100;
    },
  },
].filter(({ title }) => title.includes(values.match));

/** The least of the rounds, for one operation: processor time of the instances and of Redis in microseconds, and commands of Redis. */
async function measure(service, { run }) {
  // What is compiled and connected at first is not counted.
  await run(service);
  const least = { cpu: Infinity, redis: Infinity, commands: Infinity };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const [cpu, redis] = [await service.cpu(), await service.redis()];
    const operations = await run(service);
    const [cpuNow, redisNow] = [await service.cpu(), await service.redis()];
    least.cpu = Math.min(least.cpu, (cpuNow - cpu) / operations);
    least.redis = Math.min(least.redis, (redisNow.cpu - redis.cpu) / operations);
    least.commands = Math.min(least.commands, (redisNow.commands - redis.commands) / operations);
  }
  return least;
}

const lines = [];
const print = (line) => {
  lines.push(line);
  console.log(line);
};
const table = new Map(CASES.map(({ title }) => [title, []]));
const connections = [];
for (const count of COUNTS) {
  const service = await startInstances(count);
  for (const each of CASES) {
    table.get(each.title).push(await measure(service, each));
    console.warn(`${count}: ${each.title}: ${table.get(each.title).at(-1).cpu.toFixed(1)} µs`);
  }
  const few = await service.connections();
  const idle = await Promise.all(
    Array.from({ length: 500 }, (_unused, client) => open(service.at(client), `idle-${client}/pull`)),
  );
  connections.push([few, await service.connections()]);
  for (const socket of idle) socket.destroy();
  await service.stop();
}

print(`${machine()}. Processor time of all instances together, the least of ${values.rounds} rounds.`);
print('');
print('| what | µs, 1 instance | 2 | 4 | 4 times 1 | µs of Redis: 1 | 2 | 4 | commands of Redis: 1 | 2 | 4 |');
print(`|---|${'---:|'.repeat(10)}`);
const ratios = {};
for (const { title, unit } of CASES) {
  const all = table.get(title);
  const [one, , four] = all;
  ratios[title] = one.cpu / four.cpu;
  const columns = [
    ...all.map(({ cpu }) => cpu.toFixed(1)),
    (four.cpu / one.cpu).toFixed(2),
    ...all.map(({ redis }) => redis.toFixed(1)),
    ...all.map(({ commands }) => commands.toFixed(2)),
  ];
  print(`| ${unit}: ${title} | ${columns.join(' | ')} |`);
}
print('');
print('| connections to Redis | 1 instance | 2 | 4 |');
print('|---|---:|---:|---:|');
print(`| with 8 connectors | ${connections.map(([few]) => few).join(' | ')} |`);
print(`| with 500 pullers of as many streams beside them | ${connections.map(([, many]) => many).join(' | ')} |`);

checkRatios('Scale', ratios, values);
if (values.write)
  writeResults('Scale', `Made by \`npm run bench:scale -- --write\`; see \`bench/README.md\`.\n\n${lines.join('\n')}`);
