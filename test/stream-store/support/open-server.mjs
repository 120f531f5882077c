// Opens the embedded store of each directory that it is told, and tells its parent every entry it serves; a process of its
// own, since a damaged file can end it by a signal.
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';

process.on('message', async (directory) => process.send?.(await serve(directory)));

async function serve(directory) {
  try {
    const store = await embeddedStore({ directory }).create(storeContext({ retention: { maxLength: 1_000_000 } }));
    const served = [];
    for (const stream of await store.list()) {
      for (let after = '0-0'; ;) {
        const { entries } = await store.readAfter(stream, after, { count: 100 });
        for (const { id, data } of entries) served.push([stream, id, data.toString('latin1')]);
        const last = entries.at(-1);
        if (!last) break;
        after = last.id;
      }
      await store.append(stream, [Buffer.from('after')]);
    }
    await store.close();
    return { served };
  } catch (error) {
    return { error: error.message, code: error.code };
  }
}
