// Publications and lookups per second, beside a bare node:http server that answers the same bytes, and beside the original
// when one runs on this machine.
//
//   npm run bench:connectivity -- [--seconds 1] [--rounds 5] [--original http://127.0.0.1:5000] [--write]
//
// The load client is load-client.mjs: raw sockets, keep-alive, no pipelining, in this process; each server is a process of
// its own. The best of the rounds counts. The original needs ENTRY_TTL=3600 and Python with Flask and gunicorn:
//   ENTRY_TTL=3600 gunicorn -b 127.0.0.1:5000 --workers=1 --worker-class=gthread --threads=2 connection-service.connection-flask:app
import { execFile, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { checkRatios, machine, writeResults } from '../results.mjs';
import { CASES, changeBytes, CHANGING, FILLING } from './cases.mjs';
import { load } from './load-client.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    original: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);
const CHANGES_A_SECOND = 50;
const MEMORY = fileURLToPath(new URL('./memory.mjs', import.meta.url));
const COUNTS = [8, 1, 64];

async function start(...parameters) {
  const child = fork(new URL('./server.mjs', import.meta.url), parameters);
  const { port } = await new Promise((resolve) => child.once('message', resolve));
  const cpu = () =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message.cpu.user + message.cpu.system));
      child.send('cpu');
    });
  return { port, cpu, stop: () => child.kill() };
}

async function fill(port) {
  for (const body of FILLING) {
    const { status } = await fetch(`http://127.0.0.1:${port}/publish`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    if (status !== 200) throw new Error(`Filling was answered ${status}`);
  }
}

/** The best rate of the rounds, and the least processor time of the server for one request. */
async function best({ port, cpu }, requests, clients, times = rounds) {
  await load({ port, requests, clients, milliseconds: Math.min(300, milliseconds) });
  let top = { rate: 0 };
  let cost = Infinity;
  for (let round = 0; round < times; round += 1) {
    const before = await cpu?.();
    const result = await load({ port, requests, clients, milliseconds });
    if (result.failed > 0) throw new Error(`${result.failed} requests failed`);
    if (cpu) cost = Math.min(cost, ((await cpu()) - before) / (result.rate * (milliseconds / 1000)));
    if (result.rate > top.rate) top = result;
  }
  return { ...top, cost };
}

async function replyLength(port, request) {
  const body = request.subarray(request.indexOf('\r\n\r\n') + 4);
  const path = request.toString('latin1').split(' ', 2)[1];
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
  return (await reply.arrayBuffer()).byteLength;
}

const lines = [];
const ratios = {};
const print = (line) => {
  lines.push(line);
  console.log(line);
};
const rate = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1));
const row = (...cells) => print(`| ${cells.join(' | ')} |`);
const head = (...names) => {
  row(...names);
  row('---', ...names.slice(1).map(() => '---:'));
};

const app = await start('app');
const bypass = await start('bypass');
for (const { port } of [app, bypass]) await fill(port);
const original = values.original && { port: Number(new URL(values.original).port) };
if (original) await fill(original.port);

print(
  `${machine()}. Load client: bench/connectivity/load-client.mjs, ${rounds} x ${values.seconds} s, the best counts.\n`,
);
print('8 clients, requests a second; "× due" is the aim against the rate the original once reached:\n');
head(
  'case',
  'Nest on Fastify',
  '`bypassFramework`',
  ...(original ? ['the original, here', 'Nest ×', '`bypassFramework` ×'] : []),
  'the original, once',
  '`bypassFramework` ×',
  '× due',
);
for (const { name, requests, due: [once, due] = [] } of CASES) {
  const usual = await best(app, requests, 8);
  const fast = await best(bypass, requests, 8);
  const here = original && (await best(original, requests, 8, 2));
  row(
    name,
    rate(usual.rate),
    rate(fast.rate),
    ...(here ? [rate(here.rate), (usual.rate / here.rate).toFixed(1), (fast.rate / here.rate).toFixed(1)] : []),
    once ? rate(once) : '',
    once ? (fast.rate / once).toFixed(1) : '',
    due ?? '',
  );
}

print('\nBeside a bare node:http server which answers as many bytes; "share" is of its rate:\n');
head(
  'case',
  'clients',
  'bare',
  'Nest on Fastify',
  'share',
  '`bypassFramework`',
  'share',
  'median / p99 ms',
  'CPU µs: bare, Nest, bypass',
);
for (const { name, requests } of CASES.filter(({ small, name }) => small || name.startsWith('publish'))) {
  const bare = await start('bare', String(await replyLength(app.port, requests[0])));
  for (const clients of COUNTS) {
    const base = await best(bare, requests, clients);
    const usual = await best(app, requests, clients);
    const fast = await best(bypass, requests, clients);
    ratios[`${name}, ${clients} clients`] = usual.rate / base.rate;
    ratios[`${name}, ${clients} clients, bypassFramework`] = fast.rate / base.rate;
    row(
      name,
      clients,
      rate(base.rate),
      rate(usual.rate),
      (usual.rate / base.rate).toFixed(2),
      rate(fast.rate),
      (fast.rate / base.rate).toFixed(2),
      `${fast.median.toFixed(2)} / ${fast.p99.toFixed(2)}`,
      [base, usual, fast].map(({ cost }) => cost.toFixed(0)).join(', '),
    );
  }
  bare.stop();
}

print(`\nWhile ${CHANGES_A_SECOND} publications a second change the partition, 8 clients (no reply can be kept):\n`);
head('case', 'Nest on Fastify', 'median ms', 'p99 ms');
for (const { name, size, requests } of CHANGING) {
  let round = 0;
  let changes = Promise.resolve();
  const changing = setInterval(() => {
    const change = load({ port: app.port, requests: [changeBytes(size, (round += 1))], clients: 1, times: 1 });
    changes = Promise.all([changes, change]);
  }, 1000 / CHANGES_A_SECOND);
  const { rate: reached, median, p99 } = await best(app, requests, 8, 3);
  clearInterval(changing);
  await changes;
  row(name, rate(reached), median.toFixed(2), p99.toFixed(2));
}
app.stop();
bypass.stop();
const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', MEMORY]);
print(`\n${stdout.trim().replace('\n', '; ')}.`);
checkRatios('Connectivity', ratios, values);
if (values.write) writeResults('Connectivity', lines.join('\n'));
