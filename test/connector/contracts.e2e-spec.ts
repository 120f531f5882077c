import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSourceStore, MemoryOutbox, MemorySourceStore } from '@millrace/connector';
import { BullMqOutbox } from '@millrace/connector/bullmq';
import { describeOutboxContract, describeSourceStoreContract } from '@millrace/connector/testing';
import { type RunningRedis, startRedis } from '../support/redis.js';

describeOutboxContract('in memory', { open: () => new MemoryOutbox(), durable: false });

let redis: RunningRedis | undefined;
describeOutboxContract('BullMQ on a real Redis', {
  open: async () => {
    redis ??= await startRedis();
    return new BullMqOutbox({ connection: { host: '127.0.0.1', port: redis.port } });
  },
  durable: true,
  cleanUp: async () => redis?.stop(),
});

describeSourceStoreContract('in memory', () => new MemorySourceStore());

const directories: string[] = [];
const paths = new WeakMap<object, string>();
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

function fileStore(directory: string): FileSourceStore {
  const store = new FileSourceStore(directory);
  paths.set(store, directory);
  return store;
}

describeSourceStoreContract(
  'in files',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-sources-'));
    directories.push(directory);
    return fileStore(directory);
  },
  (store) => fileStore(paths.get(store) ?? ''),
);

describe('Sources in files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-sources-'));
  directories.push(directory);
  const store = new FileSourceStore(directory);

  it('pass over files that are of no source', async () => {
    await store.put('kept', { a: 1 });
    for (const file of ['%.json', 'a b.json', 'notes.txt']) writeFileSync(join(directory, file), '{}');
    expect(await store.names()).toEqual(['kept']);
  });

  it.each([
    ['too long for a file', 'x'.repeat(300)],
    ['no text', 'half a pair: \ud800'],
  ])('refuse a name that is %s, and know none such', async (_what, name) => {
    await expect(store.put(name, {})).rejects.toMatchObject({ code: 'INVALID' });
    expect(await store.get(name)).toBeUndefined();
    expect(await store.delete(name)).toBe(false);
  });
});
