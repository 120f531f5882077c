// Several instances of the registry on one Redis: what each operation costs, and what an instance costs that serves nothing.
//
//   npm run bench:registry -- [--seconds 2] [--counts 1,2,4] [--write]
//
// Every instance is a process of its own and calls its registry from within, so that no HTTP is measured. Each serves a
// partition of its own; one more instance serves nothing and only looks on.
import { fork, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { checkRatios, machine, writeResults } from '../results.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    counts: { type: 'string', default: '1,2,4' },
    write: { type: 'boolean', default: false },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const INSTANCE = fileURLToPath(new URL('./instance.mjs', import.meta.url));
const KINDS = ['publish', 'keep-alive', 'look-up'];

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const server = spawn('redis-server', ['--port', port, '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'], {
  stdio: 'ignore',
});
const redis = new Redis(port, '127.0.0.1');
redis.on('error', () => undefined);
while (redis.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 50));

function start(name) {
  const child = fork(INSTANCE, [`redis://127.0.0.1:${port}`, name]);
  const answer = () => new Promise((resolve) => child.once('message', resolve));
  const ready = answer();
  const ask = (question) => {
    const answered = answer();
    child.send(question);
    return answered;
  };
  return { ready, ask, stop: () => child.kill() };
}

async function redisFigures() {
  const info = await redis.info();
  const of = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    commands: of('total_commands_processed'),
    bytes: of('total_net_input_bytes') + of('total_net_output_bytes'),
    cpu: of('used_cpu_user') + of('used_cpu_sys'),
  };
}

const rows = [];
const ratios = {};
for (const count of values.counts.split(',').map(Number)) {
  await redis.flushall();
  const instances = Array.from({ length: count }, (_, index) => start(`p${index}`));
  const idle = start('none');
  await Promise.all([...instances, idle].map(({ ready }) => ready));
  for (const kind of KINDS) {
    const before = await redisFigures();
    const [looksOn, ...results] = await Promise.all([
      idle.ask({ kind: 'nothing', milliseconds }),
      ...instances.map(({ ask }) => ask({ kind, milliseconds })),
    ]);
    const after = await redisFigures();
    const calls = results.reduce((sum, { calls: each }) => sum + each, 0);
    const per = (value) => value / calls;
    rows.push({
      instances: count,
      kind,
      'a second': Math.round(calls / (milliseconds / 1000)),
      'µs of an instance': Math.round(per(results.reduce((sum, { cpu }) => sum + cpu, 0))),
      'µs looking on': Math.round(10 * per(looksOn.cpu)) / 10,
      'µs of Redis': Math.round(per((after.cpu - before.cpu) * 1e6)),
      commands: Math.round(100 * per(after.commands - before.commands)) / 100,
      bytes: Math.round(per(after.bytes - before.bytes)),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
  for (const each of [...instances, idle]) each.stop();
}
const rowOf = (instances, kind) => rows.find((row) => row.instances === instances && row.kind === kind);
for (const count of [1, 4]) {
  const [publish, keepAlive] = [rowOf(count, 'publish'), rowOf(count, 'keep-alive')];
  if (!publish || !keepAlive) continue;
  ratios[`publish beside keep-alive, ${count} instances: bytes`] = publish.bytes / keepAlive.bytes;
  ratios[`publish, ${count} instances: µs of one that serves beside one that looks on`] =
    publish['µs of an instance'] / Math.max(0.1, publish['µs looking on']);
}
const columns = Object.keys(rows[0]);
const table = [columns, columns.map(() => '---'), ...rows.map((row) => Object.values(row))];
const text = `${machine()}\n\n${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
console.log(text);
checkRatios('registry', ratios, { write: values.write });
if (values.write) writeResults('npm run bench:registry', text);
redis.disconnect();
server.kill();
