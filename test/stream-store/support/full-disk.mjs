// Fills the disk under an embedded store in one of several ways, makes room, and tells its parent of each ack and of the end.
// A process of its own, since a store that meets a full disk would end it by a signal.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';

const [directory, pattern, way] = process.argv.slice(2);
const KIB = 1024;
const unlimited = storeContext({ retention: { maxLength: 10_000_000 } });
const store = await embeddedStore({ directory }).create(unlimited);
let number = 0;

/** An entry of a size, whose bytes tell its number. */
function entry(size) {
  number += 1;
  const data = Buffer.alloc(Math.max(8, size), number % 251);
  data.writeDoubleBE(number, 0);
  return data;
}

/** Appends entries; tells the parent what was acked. */
async function append(stream, sizes) {
  const data = sizes.map(entry);
  const ids = await store.append(stream, data);
  process.send({
    acked: ids.map((id, index) => ({ stream, id, number: data[index].readDoubleBE(0), size: data[index].length })),
  });
}

const isFull = (error) => error.name === 'StoreFullError' && error.code === 'UNAVAILABLE';

/** Works until it is refused for a full disk; any other error ends the process. */
async function untilFull(work) {
  try {
    for (;;) await work();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

const PATTERNS = {
  /** Ever smaller entries, until the smallest is refused. */
  async shrinking() {
    for (let size = 512 * KIB; size >= 1; size = Math.floor(size / 3)) await untilFull(() => append('a', [size]));
  },
  /** Many at a time. */
  async speed() {
    const pusher = (index) => untilFull(() => append(`p${index % 4}`, [KIB, 2 * KIB, 100, KIB * (index % 8)]));
    await Promise.all(Array.from({ length: 16 }, (_unused, index) => pusher(index)));
  },
  /** Large ones among small ones, some of which are deleted meanwhile, so that the room lies in pieces. */
  async large() {
    let turn = 0;
    await untilFull(async () => {
      turn += 1;
      await append(`h${turn % 5}`, [(1 + (turn % 3) * 0.4) * 1024 * KIB, 3 * KIB].map(Math.floor));
      if (turn % 4 === 0) await remove(`h${(turn / 4) % 5}`);
    });
    await untilFull(() => append('h0', [30 * KIB]));
  },
};

async function remove(stream) {
  process.send({ removing: stream });
  await store.delete([stream]);
}

const streamsBySize = async () => {
  const described = await Promise.all((await store.list()).map((name) => store.describe(name)));
  return described.sort((a, b) => b.bytes - a.bytes).map(({ stream }) => stream);
};

const WAYS = {
  async delete() {
    const [largest] = await streamsBySize();
    await remove(largest);
  },
  async max_len() {
    const [largest] = await streamsBySize();
    process.send({ trimming: largest, keeps: 1 });
    await store.setMetadata(largest, { max_len: 1 });
  },
  async outside() {
    process.send({ please: 'free' });
    await new Promise((resolve) => process.once('message', resolve));
  },
};

await PATTERNS[pattern]();
const size = pattern === 'large' ? 64 * KIB : 20 * KIB;
// Others may have taken the last byte since: then it stays refused.
const refusal = await append('z', [size]).catch((error) => error);
const health = await store.check().catch((error) => error);
process.send({ full: { refused: refusal ? isFull(refusal) : false, unhealthy: health ? isFull(health) : false } });
await new Promise((resolve) => process.once('message', resolve));

await WAYS[way]();
// Counted, since a busy disk may take seconds for one that it does not refuse; and for the commits that make room, so that
// from one try to the next there is time for one.
const file = await open(join(directory, 'streams.mdb'));
let refusals = 0;
for (; ; refusals += 1) {
  const error = await append('z', [size]).catch((reason) => reason);
  if (!error) break;
  if (!isFull(error)) throw error;
  if (refusals > 1000) throw new Error(`Still refused: ${error.message}`);
  await pause(20);
  await file.sync();
}
await file.close();
for (let count = 0; count < 10; count += 1) await append('z', [100]);
await store.close();
// Not before it is sent: the parent may be late to read.
process.send({ refusals }, () => process.disconnect());
