import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyFile } from '@millrace/accounts';
import { FileAccessError, holdFolder, makePrivateFile, whyNotWritten, withFileLock } from '@millrace/files';

const NO_FOLDER = 'there is a file, or a link that leads nowhere, where a folder must be';
const NOBODY = 65_534;

let folder: string;
beforeEach(() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('This test mounts folders and takes rights away: run it as root on Linux');
  folder = mkdtempSync(join(tmpdir(), 'millrace-unusable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function command(name: string, ...args: string[]): void {
  execFileSync(name, args, { stdio: 'pipe' });
}

function readOnly(path: string, work: () => void): void {
  command('mount', '--bind', path, path);
  try {
    command('mount', '-o', 'remount,ro,bind', path);
    work();
  } finally {
    command('umount', path);
  }
}

function asNobody(work: () => void): void {
  process.seteuid?.(NOBODY);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}

/** What is said of a folder that cannot be held. */
function refusal(path: string): string {
  try {
    holdFolder(path)();
    return 'held';
  } catch (error) {
    expect(error).toBeInstanceOf(FileAccessError);
    return (error as Error).message.replace(folder, '');
  }
}

describe('A folder that cannot be held says what is in the way, and what to do', () => {
  it('when something else has its place', () => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'link'));
    for (const path of ['/file', '/file/below', '/link'])
      expect(refusal(join(folder, path))).toContain(`${path} cannot be used: ${NO_FOLDER}; choose another place`);
  });

  it('when its lock is not a file, and leaves alone what a link leads to', () => {
    const lock = (): string => join(mkdtempSync(join(folder, 'held-')), 'process.lock');
    const [asFolder, asLink, asPipe, toNothing] = [lock(), lock(), lock(), lock()] as const;
    mkdirSync(asFolder);
    writeFileSync(join(folder, 'precious'), 'kept');
    symlinkSync(join(folder, 'precious'), asLink);
    command('mkfifo', asPipe);
    symlinkSync('nowhere', toNothing);
    const said = [asFolder, asLink, asPipe, toNothing].map((path) => refusal(join(path, '..')));
    expect(said).toEqual([
      expect.stringContaining('process.lock cannot be used: there is a folder where a file must be'),
      expect.stringContaining('process.lock cannot be used: there is a symbolic link where a file must be; remove'),
      expect.stringContaining('process.lock cannot be used: it is not a file; remove it'),
      expect.stringContaining('process.lock cannot be used: there is a symbolic link where a file must be; remove'),
    ]);
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('kept');
  });

  it('on a read-only disk, made before or not', () => {
    const data = join(folder, 'data');
    expect(refusal(data)).toBe('held');
    readOnly(folder, () => {
      for (const path of [data, join(folder, 'new'), join(folder, 'new/below/it')])
        expect(refusal(path)).toMatch(/cannot be used: the file system is read-only; mount it for writing, or choose/);
    });
  });

  it('of another user, or whose lock is', () => {
    const data = join(folder, 'data');
    expect(refusal(data)).toBe('held');
    asNobody(() => expect(refusal(data)).toMatch(/cannot be used: the user that runs this process has no right to it/));
    command('chmod', '-R', 'a+rwX', folder);
    command('chmod', '600', join(data, 'process.lock'));
    asNobody(() => expect(refusal(data)).toMatch(/process.lock cannot be used: the user .* has no right to it; give/));
  });
});

describe('A file', () => {
  const named = (names: readonly string[]) => names.map((name) => ({ name, scopes: ['a'] }));

  it('that a link leads to is changed in its place, under one lock with those who come by another way', async () => {
    mkdirSync(join(folder, 'linked'));
    const path = join(folder, 'api-keys.json');
    const link = join(folder, 'linked', 'api-keys.json');
    await new ApiKeyFile(path).create({ name: 'first', scopes: ['a'] });
    symlinkSync(path, link);
    const files = [new ApiKeyFile(path), new ApiKeyFile(link)] as const;
    await Promise.all(named(['a', 'b', 'c', 'd']).map((key, index) => files[index % 2 === 0 ? 0 : 1].create(key)));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'linked'))).toEqual(['api-keys.json']);
    for (const file of files) {
      expect((await file.list()).map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd', 'first']);
    }
    await withFileLock(path, async () => {
      await expect(withFileLock(link, async () => undefined, 0)).rejects.toThrow(`${path} is being changed by this`);
    });
  });

  it('that is mounted by itself, and one without rights, say so, and nothing is left behind', async () => {
    const path = join(folder, 'api-keys.json');
    await new ApiKeyFile(path).create({ name: 'first', scopes: ['a'] });
    const mounted = join(folder, 'mounted.json');
    makePrivateFile(mounted);
    command('mount', '--bind', path, mounted);
    const error = await new ApiKeyFile(mounted).create({ name: 'b', scopes: ['a'] }).catch((reason: unknown) => reason);
    command('umount', mounted);
    expect(String(error)).toBe(
      `FileAccessError: ${mounted} cannot be used: it is mounted by itself, so it cannot be replaced; mount its folder instead`,
    );
    expect(whyNotWritten(error)).toBe(
      'Nothing can be written: it is mounted by itself, so it cannot be replaced; mount its folder instead',
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.draft'))).toEqual([]);
    asNobody(() => expect(() => makePrivateFile(path)).toThrow(/cannot be used: the user .* has no right to it/));
  });

  it('of a held folder is refused to others when somebody has removed the lock of the folder', () => {
    const hold = (): (() => void) => holdFolder(folder, 'data');
    const release = hold();
    rmSync(join(folder, 'process.lock'));
    expect(hold).toThrow(
      `The file ${join(folder, 'data')} is in use by a process whose process.lock beside it was removed`,
    );
    release();
    hold()();
    expect(lstatSync(join(folder, 'data'))).toMatchObject({ size: 0, mode: 0o100_600 });
  });
});
