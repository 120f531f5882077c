import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from './file-lock.js';
import { readIfThere } from './private-file.js';

describe('A lock of a file', () => {
  let folder: string;
  let path: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
    path = join(folder, 'file');
    lock = `${path}.lock`;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Adds a word to the file under its lock; `between` runs after the file was read. */
  const add = (word: string, between: () => Promise<void> = async () => undefined): Promise<void> =>
    withFileLock(path, async (replace) => {
      const text = (await readIfThere(path)) ?? '';
      await between();
      await replace(`${text}${word} `);
    });

  /** As if the process that holds the lock had slept for a minute. */
  const age = (): void => utimesSync(lock, new Date(), new Date(Date.now() - 60_000));

  it('loses no change of another process when its holder slept for longer than it lasts', async () => {
    let runs = 0;
    await add('first', async () => {
      runs += 1;
      if (runs > 1) return;
      age();
      await add('second');
    });
    expect(readFileSync(path, 'utf8')).toBe('second first ');
    expect(runs).toBe(2);
    expect(existsSync(lock)).toBe(false);
  });

  it('is left alone by a former holder that ends', async () => {
    let end: () => void = () => undefined;
    let second: Promise<void> | undefined;
    await withFileLock(path, async () => {
      age();
      await new Promise<void>((begin) => {
        second = withFileLock(path, async () => {
          begin();
          await new Promise<void>((resolve) => (end = resolve));
        });
      });
    });
    expect(existsSync(lock)).toBe(true);
    end();
    await second;
    expect(existsSync(lock)).toBe(false);
  });

  it('that was left behind by a process that died keeps nobody out, and leaves nothing behind', async () => {
    await withFileLock(path, async () => {
      age();
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((word) => add(word)));
    });
    expect(readFileSync(path, 'utf8').trim().split(' ').sort().join('')).toBe('abcde');
    expect(existsSync(lock)).toBe(false);
  });
});
