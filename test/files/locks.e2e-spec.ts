import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ApiKeyFile, UserFile } from '@millrace/accounts';
import { FileHeldError, holdFolder, withFileLock } from '@millrace/files';
import { buildLibrary } from '../support/build.js';
import { type Contained, startContained } from '../support/container.js';

const WORKER = join(__dirname, 'support/worker.mjs');
const WHEN = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

let folder: string;
let workers: Contained[];
beforeAll(() => buildLibrary('accounts'));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-locks-'));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  rmSync(folder, { recursive: true });
});

/** Processes that do not see each other's numbers. */
async function start(count: number): Promise<Contained[]> {
  workers = Array.from({ length: count }, () => startContained(WORKER));
  await Promise.all(workers.map((worker) => worker.next()));
  return workers;
}

function ask(worker: Contained, ...job: unknown[]): Promise<unknown> {
  const answer = worker.next();
  worker.child.send(job);
  return answer;
}

describe('A folder', () => {
  it('is refused to a process of another container, with host, process and time of the first, and is free when that was killed', async () => {
    const [first, second] = (await start(2)) as [Contained, Contained];
    expect(await ask(first, 'hold', folder)).toBe('held');
    const { refused } = (await ask(second, 'hold', folder)) as { refused: string };
    expect(refused).toMatch(
      new RegExp(
        `^FileHeldError: The directory ${folder} is in use by process 1 on host ${hostname()} since ${WHEN}; stop that one, or choose another directory$`,
      ),
    );
    await first.kill();
    expect(await ask(second, 'hold', folder)).toBe('held');
  });

  it('goes to exactly one of ten that start at once on what a killed one has left behind, again and again', async () => {
    const killed = { pid: 1, host: 'gone', since: '2020-01-01T00:00:00.000Z', processBegan: 1 };
    writeFileSync(join(folder, 'process.lock'), JSON.stringify(killed));
    const left = await start(10);
    while (left.length > 1) {
      const at = Date.now() + 100;
      const answers = await Promise.all(left.map((worker) => ask(worker, 'hold', folder, at)));
      const winners = left.filter((_, index) => answers[index] === 'held');
      expect(winners).toHaveLength(1);
      expect(answers.filter((answer) => /in use by/.test(JSON.stringify(answer)))).toHaveLength(left.length - 1);
      await winners[0]?.kill();
      left.splice(left.indexOf(winners[0] as Contained), 1);
    }
  });

  it('is refused to a second holder in one process, which is told that, whatever it calls the folder', () => {
    const link = join(folder, 'link');
    const data = join(folder, 'data');
    const release = holdFolder(data);
    symlinkSync(data, link);
    for (const name of [data, link, relative(process.cwd(), data)]) {
      expect(() => holdFolder(name)).toThrow(
        new RegExp(`The directory ${data} is in use by this process since ${WHEN}: another module`),
      );
    }
    release();
    holdFolder(link)();
    expect(readFileSync(join(data, 'process.lock'), 'utf8')).toBe('');
  });

  it('says which package is missing on which system where the lock cannot be loaded', async () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
    cpSync(join(__dirname, '../../libs/files/dist'), copy, { recursive: true });
    const program = `
      import { holdFolder } from './index.js';
      process.on('message', () => {
        try { holdFolder('data'); } catch (error) { process.send(error.message); }
      });
      process.send('ready');`;
    writeFileSync(join(copy, 'program.mjs'), program);
    const worker = startContained(join(copy, 'program.mjs'));
    workers.push(worker);
    await worker.next();
    expect(await ask(worker)).toContain(
      `The package fs-native-extensions, which locks files, cannot be loaded on ${process.platform}-${process.arch}: `,
    );
  });
});

describe('A file', () => {
  it('of keys and one of users lose no change of two containers', async () => {
    const [first, second] = (await start(2)) as [Contained, Contained];
    // Whoever has no luck waits for all changes of the other: as long as those take on a slow disk, it must be patient.
    await Promise.all([ask(first, 'keys', folder, 'a', 12), ask(second, 'keys', folder, 'b', 12)]);
    await Promise.all([ask(first, 'users', folder, 'a', 6), ask(second, 'users', folder, 'b', 6)]);
    const expected = (count: number): string[] =>
      ['a', 'b'].flatMap((prefix) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)).sort();
    expect((await ApiKeyFile.in(folder).list()).map(({ name }) => name).sort()).toEqual(expected(12));
    expect((await UserFile.in(folder).list()).map(({ name }) => name)).toEqual(expected(6));
  });

  it('waits for a process that sleeps in a change, and then says which one; it loses nothing', async () => {
    const [sleeper, other] = (await start(2)) as [Contained, Contained];
    const path = join(folder, 'file');
    expect(await ask(sleeper, 'change', path, 'first')).toBe('inside');
    sleeper.signal('SIGSTOP');
    const { refused } = (await ask(other, 'quickly', path, 'second', 200)) as { refused: string };
    expect(refused).toMatch(
      new RegExp(
        `^FileHeldError: The file ${path} is being changed by process 1 on host ${hostname()} since ${WHEN}, and was not free within 0.2 s; try again`,
      ),
    );
    sleeper.signal('SIGCONT');
    expect(await ask(sleeper, 'go on')).toBe('done');
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(await ask(other, 'quickly', path, 'second', 200)).toBe('done');
    expect(readFileSync(path, 'utf8')).toBe('second');
  });

  it('is free at once when a process was killed in a change', async () => {
    const [killed, other] = (await start(2)) as [Contained, Contained];
    const path = join(folder, 'file');
    expect(await ask(killed, 'change', path, 'first')).toBe('inside');
    await killed.kill();
    expect(await ask(other, 'quickly', path, 'second', 0)).toBe('done');
  });

  it('takes one change at a time within a process too', async () => {
    const path = join(folder, 'file');
    const add = (word: string): Promise<void> =>
      withFileLock(path, async (replace) => {
        const before = await Promise.resolve(0).then(() => readFileSync(path, { encoding: 'utf8', flag: 'a+' }));
        await replace(`${before}${word} `);
      });
    await Promise.all(Array.from({ length: 20 }, (_, n) => add(String(n))));
    expect(readFileSync(path, 'utf8').trim().split(' ').sort()).toHaveLength(20);
    await withFileLock(path, async () => {
      await expect(withFileLock(path, () => Promise.resolve(), 0)).rejects.toThrow(FileHeldError);
      await expect(withFileLock(path, () => Promise.resolve(), 0)).rejects.toThrow(/changed by this process since/);
    });
  });
});
