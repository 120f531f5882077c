import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSourceStore, MemoryOutbox, MemorySourceStore } from '@millrace/connector';
import { DURABLE_SOURCE_STORE_CONTRACT, OUTBOX_CONTRACT, SOURCE_STORE_CONTRACT } from '@millrace/connector/testing';
import { declareContract } from '@millrace/core/contract';

declareContract('An outbox in memory', OUTBOX_CONTRACT, { open: () => new MemoryOutbox() });

declareContract('Sources in memory', SOURCE_STORE_CONTRACT, { create: () => new MemorySourceStore() });

const directories: string[] = [];
const makeDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-sources-'));
  directories.push(directory);
  return directory;
};
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

declareContract('Sources in files', SOURCE_STORE_CONTRACT, { create: () => new FileSourceStore(makeDirectory()) });
declareContract('Sources in files, over a restart', DURABLE_SOURCE_STORE_CONTRACT, {
  create: () => {
    const directory = makeDirectory();
    return { store: new FileSourceStore(directory), again: () => new FileSourceStore(directory) };
  },
});

describe('Sources in files', () => {
  const directory = makeDirectory();
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

it('The contracts run under node:test, which has no globals', () => {
  const program = `
    import { describe, it } from 'node:test';
    import { declareContract } from '@millrace/core/contract';
    import { MemoryOutbox, MemorySourceStore } from '@millrace/connector';
    import { OUTBOX_CONTRACT, SOURCE_STORE_CONTRACT } from '@millrace/connector/testing';
    declareContract('outbox', OUTBOX_CONTRACT, { open: () => new MemoryOutbox() }, { describe, it });
    declareContract('sources', SOURCE_STORE_CONTRACT, { create: () => new MemorySourceStore() }, { describe, it });`;
  const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', env });
  expect(output).toMatch(/pass 18\b[\s\S]*fail 0\b/);
});
