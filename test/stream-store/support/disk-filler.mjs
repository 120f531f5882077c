// Fills the disk under an embedded store until it refuses, waits for more room, and goes on; tells its parent what happened.
// A process of its own, since LMDB writes each failure to the console by itself.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';

const LARGE = Buffer.alloc(100_000, 'x');
const open = () =>
  embeddedStore({ directory: process.argv[2] }).create(storeContext({ retention: { maxLength: 1_000_000 } }));
const idsOf = async (store) => (await store.readAfter('s', '0-0', { count: 1000 })).entries.map(({ id }) => id);
const refusalOf = (work) => work.catch(({ name, code }) => ({ name, code }));

const store = await open();
const acked = [];
const fill = async () => {
  for (;;) acked.push(...(await store.append('s', [LARGE])));
};
const refusal = await refusalOf(fill());
const batch = ['t', 's'].map((stream) => ({ stream, data: Buffer.alloc(3_000_000) }));
const batchRefusal = await refusalOf(store.appendAll(batch));
process.send({ acked, refusal, batchRefusal, kept: await idsOf(store), streams: await store.list() });

await once(process, 'message');
while (await refusalOf(store.check())) await pause(20);
const [next] = await store.append('s', [LARGE]);
await store.close();
const again = await open();
process.send({ next, kept: await idsOf(again) });
await again.close();
process.disconnect();
