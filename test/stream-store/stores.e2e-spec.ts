import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, memoryStore } from '@millrace/stream-store';
import { streamStoreContract } from '@millrace/stream-store/testing';

streamStoreContract('memoryStore', () => Promise.resolve({ driver: memoryStore() }), { durable: false, shared: false });

streamStoreContract(
  'embeddedStore',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-store-'));
    return { driver: embeddedStore({ directory }), dispose: () => rm(directory, { recursive: true }) };
  },
  { durable: true, shared: false },
);
