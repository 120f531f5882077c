// `npm run bench:rpc [-- --write]`: compares the RPC server with others in one run and prints a Markdown table, which
// --write puts into bench/RESULTS.md.
// BENCH_SECONDS sets the time of each measurement (1), BENCH_ROUNDS how often it is taken; the best counts (3).
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkRatios, machine, writeResults } from '../results.mjs';
import { makeMessage, run } from './load.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 1);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const NAMES = ['bare', 'millrace', 'millrace-enhanced', 'json-rpc-2.0', 'jayson', 'gateway'];
const SCENARIOS = [
  { name: 'sequential', bytes: 20, connections: 1, window: 1, batch: 1 },
  { name: 'window 64', bytes: 20, connections: 1, window: 64, batch: 1 },
  { name: 'window 64 on 8 connections', bytes: 20, connections: 8, window: 64, batch: 1 },
  { name: 'batches of 50', bytes: 20, connections: 1, window: 4, batch: 50 },
  { name: '1 KB, window 64', bytes: 1024, connections: 1, window: 64, batch: 1 },
  { name: '64 KB, window 16', bytes: 65_536, connections: 1, window: 16, batch: 1 },
];

const servers = await Promise.all(NAMES.map(start));
const rows = [];
for (const scenario of SCENARIOS) {
  const best = new Map();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const server of servers) {
      if (server.name === 'gateway' && scenario.batch > 1) continue;
      const result = await measure(server, scenario);
      // The first round warms up.
      if (round > 0) keepBest(best, server.name, result);
    }
  }
  rows.push({ scenario, best });
}
print(rows);
for (const { child } of servers) child.disconnect();

function start(name) {
  const child = fork(fileURLToPath(new URL('servers.mjs', import.meta.url)), [name]);
  return new Promise((resolve) => child.once('message', ({ port }) => resolve({ name, child, port })));
}

async function measure({ name, child, port }, scenario) {
  const message = makeMessage({ envelope: name, ...scenario });
  const before = await cpuTime(child);
  const started = performance.now();
  const calls = await run(port, { message, ...scenario, milliseconds: SECONDS * 1000 });
  const seconds = (performance.now() - started) / 1000;
  return { rate: calls / seconds, cpu: ((await cpuTime(child)) - before) / calls };
}

/** Microseconds of CPU a server has used. */
function cpuTime(child) {
  return new Promise((resolve) => {
    child.once('message', ({ user, system }) => resolve(user + system));
    child.send('cpu');
  });
}

function keepBest(best, name, { rate, cpu }) {
  const known = best.get(name) ?? { rate: 0, cpu: Infinity };
  best.set(name, { rate: Math.max(known.rate, rate), cpu: Math.min(known.cpu, cpu) });
}

function print(table) {
  const lines = [
    machine(),
    '',
    `Best of ${ROUNDS} runs of ${SECONDS} s: calls/s (CPU µs a call on the server, times the bare echo). "millrace-enhanced" has a`,
    'guard, a pipe and an interceptor; the other servers have none.',
    '',
    `| | ${NAMES.join(' | ')} |`,
    `|---|${NAMES.map(() => '---').join('|')}|`,
  ];
  for (const { scenario, best } of table) {
    const bare = best.get('bare').cpu;
    const cells = NAMES.map((name) => {
      const result = best.get(name);
      if (!result) return '–';
      return `${Math.round(result.rate).toLocaleString('en')} (${result.cpu.toFixed(1)}, ${(result.cpu / bare).toFixed(2)})`;
    });
    lines.push(`| ${scenario.name} | ${cells.join(' | ')} |`);
  }
  console.log(lines.join('\n'));
  const write = process.argv.includes('--write');
  checkRatios('RPC', ratiosOf(table), { write });
  if (write) writeResults('RPC', `Made by \`npm run bench:rpc -- --write\`.\n\n${lines.join('\n')}`);
}

/** CPU time of the bare echo over that of ours: how much of it is left. */
function ratiosOf(table) {
  return Object.fromEntries(
    table.flatMap(({ scenario, best }) =>
      ['millrace', 'millrace-enhanced'].map((name) => [
        `${name}, ${scenario.name}`,
        best.get('bare').cpu / best.get(name).cpu,
      ]),
    ),
  );
}
