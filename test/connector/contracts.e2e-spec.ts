import { mkdtempSync, rmSync } from 'node:fs';
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
