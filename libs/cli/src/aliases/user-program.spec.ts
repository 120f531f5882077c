import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { UserFile } from '@millrace/accounts';
import { readNewSecret } from '../input/read-secret.js';
import { ArgumentsError, runProgram } from './program.js';
import { USER_PROGRAM } from './user-program.js';

describe('millrace-user', () => {
  let directory: string;
  let output: string;
  const run = (args: string, password = 'correct horse'): Promise<number> =>
    runProgram(USER_PROGRAM, args.split(' ').filter(Boolean), {
      env: { MILLRACE_DATA_DIR: directory },
      write: (text) => (output += text),
      readPassword: async () => password,
    });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-command-'));
    output = '';
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('adds, lists, checks and removes users of the data directory', async () => {
    expect(await run('add alice --scope streams:read --scope rpc')).toBe(0);
    expect(await run('add bob --json --scope *')).toBe(0);
    expect(await run('list')).toBe(0);
    expect(await run('verify alice')).toBe(0);
    expect(await run('verify alice', 'wrong')).toBe(1);
    expect(await run('remove bob')).toBe(0);
    expect(await run('remove bob --json')).toBe(1);
    const file = join(directory, 'users.json');
    expect(output.split('\n').slice(0, 2)).toEqual([
      `Added alice in ${file}; may do: streams:read rpc`,
      '{"name":"bob","scopes":["*"],"new":true}',
    ]);
    expect(output).toContain('alice\tstreams:read rpc\t');
    expect(output).toContain('Right\nName and password do not fit\nRemoved bob\n{"name":"bob","removed":false}\n');
    expect((await new UserFile(file).list()).map(({ name }) => name)).toEqual(['alice']);
  });

  it('takes another file', async () => {
    const file = join(directory, 'other.json');
    await run(`add alice --file ${file} --scope *`);
    expect(await readFile(file, 'utf8')).toContain('"alice"');
    expect(output).toBe(`Added alice in ${file}; may do: everything (*)\n`);
  });

  it('gives a new user nothing that was not said, and one who is there a new password alone', async () => {
    await expect(run('add alice')).rejects.toThrow("add alice --scope 'streams:read:camera*'");
    const users = UserFile.in(directory);
    expect(await users.list()).toEqual([]);
    await run('add alice --scope rpc');
    expect(await run('add alice --json', 'another one')).toBe(0);
    expect(output).toContain('{"name":"alice","scopes":["rpc"],"new":false}');
    expect(await users.verify('alice', 'another one')).toMatchObject({ scopes: ['rpc'] });
  });

  it('shows its usage when asked', async () => {
    expect(await run('--help')).toBe(0);
    expect(output).toContain('millrace-user <command>');
  });

  it.each(['', 'ad alice', 'add', 'add alice bob', 'list alice', 'add alice --skope x', 'toString x'])(
    'refuses "%s"',
    async (args) => {
      await expect(run(args)).rejects.toThrow(ArgumentsError);
    },
  );

  it('reads a password from the first line of a pipe, and says when none comes', async () => {
    const read = (text: string): Promise<string> => {
      const stdin = new PassThrough();
      stdin.end(text);
      const { signal } = new AbortController();
      return readNewSecret({ stdin, signal } as never, 'password');
    };
    expect(await read('correct horse\r\nmore\n')).toBe('correct horse');
    expect(await read('no line feed')).toBe('no line feed');
    await expect(read('')).rejects.toThrow('No password came');
  });
});
