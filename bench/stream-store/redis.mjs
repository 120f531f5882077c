// Appends to a Redis that keeps nothing on disk: by the store, and by XADD of ioredis, in turn.
//   npm run bench:redis -- [--match='1 KiB'] [--rounds=5] [--seconds=1] [--write]
import { parseArgs } from 'node:util';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { startRedis } from '../redis-server.mjs';
import { checkRatios, machine, writeResults } from '../results.mjs';

const { values } = parseArgs({
  options: {
    match: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
const KEPT = 1000;
const SIZES = [100, 1024, 64 * 1024];
const sizeOf = (bytes) => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`);
const CASES = SIZES.flatMap((size) => [
  { title: `acked, 1 under way, ${sizeOf(size)}`, size, count: 1, callers: 1, streams: 1 },
  { title: `acked, 64 under way, ${sizeOf(size)}`, size, count: 1, callers: 64, streams: 1 },
  { title: `acked, 64 under way in 8 streams, ${sizeOf(size)}`, size, count: 1, callers: 64, streams: 8 },
  { title: `batches of 100, 4 under way, ${sizeOf(size)}`, size, count: 100, callers: 4, streams: 1 },
]);

/** Entries that several callers bring in a second, each of which waits for one append before the next. */
async function rate({ size, count, callers, streams }, append) {
  const datas = Array.from({ length: count }, () => Buffer.alloc(size, 'x'));
  const begun = performance.now();
  const end = begun + Number(values.seconds) * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: callers }, async (_unused, caller) => {
      while (performance.now() < end) {
        await append(`s${caller % streams}`, datas);
        done += count;
      }
    }),
  );
  return (done / (performance.now() - begun)) * 1000;
}

const server = await startRedis();
const bare = new Redis(server.url, { keyPrefix: 'bare:' });
const context = storeContext({ retention: { maxLength: KEPT } });
const store = await redisStore({ url: server.url, keyPrefix: 'store:' }).create(context);
const add = (to, stream, data) => to.xadd(stream, 'MAXLEN', '~', KEPT, '*', 'd', data);

async function appendBare(stream, datas) {
  if (datas.length === 1) return add(bare, stream, datas[0]);
  const pipeline = bare.pipeline();
  for (const data of datas) add(pipeline, stream, data);
  return pipeline.exec();
}

const lines = [];
const ratios = {};
const print = (line) => {
  lines.push(line);
  console.log(line);
};
const number = (value) => Math.round(value).toLocaleString('en-US');

print(machine());
print('');
print('| what | unit | bare `ioredis` | Millrace | ratio |');
print('|---|---|---:|---:|---:|');
for (const scenario of CASES.filter(({ title }) => title.includes(values.match))) {
  const best = { bare: 0, ours: 0 };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    best.bare = Math.max(best.bare, await rate(scenario, appendBare));
    best.ours = Math.max(best.ours, await rate(scenario, (stream, datas) => store.append(stream, datas)));
  }
  ratios[scenario.title] = best.ours / best.bare;
  const ratio = ratios[scenario.title].toFixed(2);
  print(`| ${scenario.title} | entries/s | ${number(best.bare)} | ${number(best.ours)} | ${ratio} |`);
}
await store.close();
bare.disconnect();
server.stop();

checkRatios('Appends to Redis', ratios, values);
if (values.write) {
  const made = 'Made by `npm run bench:redis -- --write`; see `bench/README.md` for what is measured and how.';
  writeResults('Appends to Redis', `${made}\n\n${lines.join('\n')}`);
}
