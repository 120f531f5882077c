// `npm run bench:connector [-- --write]`: a connector and the hub on loopback with objects of 1 KiB, beside a bare `ws` pair
// in the same run; prints a Markdown table, which --write puts into bench/RESULTS.md.
// BENCH_SECONDS sets the time of each measurement (1), BENCH_ROUNDS how often it is taken; the best counts (5).
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkRatios, machine, writeResults } from '../results.mjs';
import { connectBare, connectConnector, openIdle, WINDOW } from './peers.mjs';

const MILLISECONDS = Number(process.env.BENCH_SECONDS ?? 1) * 1000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const IDLE = 1000;

async function start(file) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: ['--expose-gc'] });
  child.once('exit', (code) => {
    if (code) throw new Error(`${file} ended with code ${code}`);
  });
  const message = () => new Promise((resolve) => child.once('message', resolve));
  const { port } = await message();
  const ask = async (task, ...parameters) => {
    child.send({ task, parameters });
    return (await message()).result;
  };
  return { port, ask, stop: () => child.kill() };
}

const hub = await start('hub-server.mjs');
const bare = await start('bare-server.mjs');
const ours = await connectConnector(hub.port);
const theirs = await connectBare(bare.port);
const CASES = [
  ['notifications acknowledged/s', () => theirs.notify(MILLISECONDS), () => ours.notify(MILLISECONDS), 0.5],
  ['publishes/s', () => bare.ask('publish', MILLISECONDS), () => hub.ask('publish', MILLISECONDS)],
  ['queries/s, 1 in flight', () => bare.ask('query', MILLISECONDS, 1), () => hub.ask('query', MILLISECONDS, 1)],
  ['queries/s, 40 in flight', () => bare.ask('query', MILLISECONDS, 40), () => hub.ask('query', MILLISECONDS, 40)],
];

const ratios = {};
const lines = [
  'Made by `npm run bench:connector -- --write`.',
  '',
  `${machine()}. Connector and hub in two processes, objects of 1 KiB, best of ${ROUNDS} runs of ${MILLISECONDS / 1000} s;`,
  `both sides keep ${WINDOW} notifications without acknowledgement on their way. The bare pair is \`ws\` and JSON.`,
  '',
  '| | bare `ws` pair | Millrace | share | aim |',
  '| --- | ---: | ---: | ---: | ---: |',
];
const count = (value) => Math.round(value).toLocaleString('en');
for (const [name, reference, measured, aim] of CASES) {
  let [base, own] = [0, 0];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rates = [await reference(), await measured()];
    // The first round warms up.
    if (round > 0) [base, own] = [Math.max(base, rates[0]), Math.max(own, rates[1])];
  }
  ratios[name] = own / base;
  lines.push(
    `| ${name} | ${count(base)} | ${count(own)} | ${(own / base).toFixed(2)} | ${aim ? `at least ${aim}` : ''} |`,
  );
}

const idle = [];
for (const [server, claims] of [
  [bare, false],
  [hub, true],
]) {
  const before = await server.ask('memory');
  const close = await openIdle(server.port, IDLE, claims);
  const after = await server.ask('memory');
  idle.push({ used: (after.used - before.used) / IDLE, resident: (after.resident - before.resident) / IDLE });
  close();
}
const [bareIdle, hubIdle] = idle;
for (const [name, key, aim] of [
  [`bytes of memory for each of ${IDLE} idle sources`, 'used', 'below 20,000'],
  ['the same, resident', 'resident', ''],
]) {
  ratios[name] = bareIdle[key] / hubIdle[key];
  lines.push(
    `| ${name} | ${count(bareIdle[key])} | ${count(hubIdle[key])} | ${(hubIdle[key] / bareIdle[key]).toFixed(2)} | ${aim} |`,
  );
}

await ours.close();
theirs.close();
for (const server of [hub, bare]) server.stop();
console.log(lines.join('\n'));
const write = process.argv.includes('--write');
checkRatios('Connector', ratios, { write });
if (write) writeResults('Connector', lines.join('\n'));
