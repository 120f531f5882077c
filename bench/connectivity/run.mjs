// Publications and lookups per second, beside a bare node:http server that answers the same bytes.
//
//   npx tsc -b && node bench/connectivity/run.mjs [--seconds 2] [--rounds 5] [--clients 1,8,64]
//
// The load client is bench/connectivity/load-client.mjs: raw sockets, keep-alive, no pipelining, in this process; the server
// is a process of its own. The best of the rounds counts.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { load, postBytes } from './load-client.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '1,8,64' },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);
const clientCounts = values.clients.split(',').map(Number);

/** Requests a second of the original with 8 clients on two cores, and how many times that is due. */
const ORIGINAL = {
  'publish 100': [2700, 3],
  '10 entries, match 1, literal': [4900, 6],
  '10 entries, match all, .*': [4900, 6],
  '1000 entries, match 10, prefix': [3400, 6],
  '1000 entries, match all, .*': [1700, 3],
  '50000 entries, match 1, literal': [186, 100],
  '50000 entries, match 10, class': [186, 5],
  '50000 entries, match 10, suffix': [186, 5],
  '50000 entries, match all, .*': [14, 5],
};

const DATA_TYPE = 'TPSet';
const connections = (count, head = 'conn') =>
  Array.from({ length: count }, (_, index) => ({
    connection_type: 1,
    data_type: DATA_TYPE,
    uid: `${head}_${String(index).padStart(5, '0')}`,
    uri: `tcp://192.168.1.100:${10_000 + index}`,
  }));

function start(...parameters) {
  const child = fork(new URL('./server.mjs', import.meta.url), parameters);
  return new Promise((resolve) => child.once('message', ({ port }) => resolve({ child, port })));
}

async function best(port, requests, clients) {
  await load({ port, requests, clients, milliseconds: Math.min(500, milliseconds) });
  let top;
  for (let round = 0; round < rounds; round += 1) {
    const result = await load({ port, requests, clients, milliseconds });
    if (result.failed > 0) throw new Error(`${result.failed} requests failed`);
    if (!top || result.rate > top.rate) top = result;
  }
  return top;
}

async function replyLength(port, request) {
  const body = request.subarray(request.indexOf('\r\n\r\n') + 4);
  const path = request.toString('latin1').split(' ', 2)[1];
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
  return (await reply.arrayBuffer()).byteLength;
}

const app = await start('app');
const cases = [
  [
    'publish 100',
    Array.from({ length: 8 }, (_, index) =>
      postBytes('/publish', { connections: connections(100, `publisher${index}`), partition: 'publishing' }),
    ),
  ],
];
for (const size of [10, 1000, 50_000]) {
  const all = connections(size);
  for (let at = 0; at < size; at += 10_000)
    await fetch(`http://127.0.0.1:${app.port}/publish`, {
      method: 'POST',
      body: JSON.stringify({ connections: all.slice(at, at + 10_000), partition: `size-${size}` }),
    });
  const patterns = [
    ['match 1, literal', 'conn_00005'],
    ['match 10, prefix', 'conn_0000.*'],
    ['match 10, class', 'conn_0000[0-9]'],
    ['match 10, suffix', '.*_0000[0-9]'],
    ['match all, .*', '.*'],
  ];
  for (const [name, uid_regex] of patterns)
    cases.push([
      `${size} entries, ${name}`,
      [postBytes(`/getconnection/size-${size}`, { data_type: DATA_TYPE, uid_regex })],
    ]);
}

console.log(
  '| case | clients | requests/s | median ms | p99 ms | bare node:http/s | share | factor of the original | due |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const [name, requests] of cases) {
  const bare = await start('bare', String(await replyLength(app.port, requests[0])));
  for (const clients of clientCounts) {
    const { rate, median, p99 } = await best(app.port, requests, clients);
    const { rate: bareRate } = await best(bare.port, requests, clients);
    const [original, due] = clients === 8 ? (ORIGINAL[name] ?? []) : [];
    const cells = [
      name,
      clients,
      Math.round(rate),
      median.toFixed(2),
      p99.toFixed(2),
      Math.round(bareRate),
      (rate / bareRate).toFixed(2),
      original ? (rate / original).toFixed(1) : '',
      due ?? '',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  bare.child.kill();
}
app.child.kill();
