// Appends numbered entries to an embedded store as fast as it can, and tells its parent which ones were acked.
// Started by kill.e2e-spec.ts; ends when it is killed.
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';

const APPENDERS = 16;
const BATCH = 20;

process.once('message', async ({ directory, round }) => {
  const store = await embeddedStore({ directory }).create(storeContext({ retention: { maxLength: 100_000_000 } }));
  let next = 0;
  const append = async () => {
    for (;;) {
      const first = next;
      next += BATCH;
      const entries = Array.from({ length: BATCH }, (_unused, index) => Buffer.from(`${round}:${first + index}`));
      await store.append('numbers', entries);
      process.send?.({ first, count: BATCH });
    }
  };
  await Promise.all(Array.from({ length: APPENDERS }, append));
});
process.send?.('ready');
