import { join } from 'node:path';
import { type Database, open } from 'lmdb';

/** One block as it is stored. */
export interface RawBlock {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** The blocks of a closed embedded store, in order. */
export function rawBlocks(directory: string): Promise<RawBlock[]> {
  return withTable<Buffer, RawBlock[]>(directory, 'blocks', async (table) =>
    [...table.getRange()].map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) })),
  );
}

/** Puts another block in the place of the one under a key, or takes it away. */
export function replaceBlock(directory: string, key: Buffer, by?: RawBlock): Promise<void> {
  return withTable<Buffer, void>(directory, 'blocks', async (table) => {
    await table.remove(key);
    if (by) await table.put(by.key, by.value);
  });
}

/** Writes bytes over a record of one of the other tables. */
export function replaceRecord(
  directory: string,
  table: 'streams' | 'metadata' | 'positions' | 'groups' | 'floors' | 'owners',
  name: string,
  bytes: string,
): Promise<void> {
  return withTable<string, void>(directory, table, async (found) => void (await found.put(name, Buffer.from(bytes))));
}

async function withTable<Key extends Buffer | string, Result>(
  directory: string,
  name: string,
  work: (table: Database<Buffer, Key>) => Promise<Result>,
): Promise<Result> {
  const root = open({ path: join(directory, 'streams.mdb'), overlappingSync: false, maxDbs: 16 });
  const keys = name === 'blocks' ? ({ keyEncoding: 'binary' } as const) : {};
  const table = root.openDB<Buffer, Key>({ name, encoding: 'binary', ...keys });
  try {
    return await work(table);
  } finally {
    await root.close();
  }
}
