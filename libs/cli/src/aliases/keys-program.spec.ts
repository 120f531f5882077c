import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountError, ApiKeyFile } from '@millrace/accounts';
import { KEYS_PROGRAM } from './keys-program.js';
import { ArgumentsError, runProgram } from './program.js';

describe('millrace-keys', () => {
  let directory: string;
  let output: string;
  const run = (args: string): Promise<number> =>
    runProgram(KEYS_PROGRAM, args.split(' ').filter(Boolean), {
      env: { MILLRACE_DATA_DIR: directory },
      write: (text) => (output += text),
      readPassword: () => Promise.reject(new Error('A key has no password')),
    });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-command-'));
    output = '';
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('makes keys in the data directory, and shows each once', async () => {
    expect(await run('create weather --scope streams:write:weather --scope rpc --expires 90d')).toBe(0);
    const [record] = await ApiKeyFile.in(directory).list();
    const file = join(directory, 'api-keys.json');
    expect(record).toMatchObject({ name: 'weather', scopes: ['streams:write:weather', 'rpc'] });
    expect(output.split('\n')).toEqual([
      `Made the key ${record?.id} in ${file}; may do: streams:write:weather rpc; holds until ${record?.expires}`,
      'It is shown only now; keep it well:',
      '',
      expect.stringMatching(new RegExp(`^  mr_${record?.id}_[0-9A-Za-z]{43}$`)),
      '',
    ]);
  });

  it('says the same to programs', async () => {
    expect(await run('create weather --json --scope *')).toBe(0);
    const [record] = await ApiKeyFile.in(directory).list();
    expect(JSON.parse(output)).toEqual({ ...record, key: expect.stringMatching(/^mr_/) });
    output = '';
    expect(await run('list --json')).toBe(0);
    expect(JSON.parse(output)).toEqual([record]);
    output = '';
    expect(await run(`revoke ${record?.id} --json`)).toBe(0);
    expect(JSON.parse(output)).toEqual({ id: record?.id, revoked: true });
  });

  it('gives a key nothing that was not said', async () => {
    await expect(run('create weather')).rejects.toThrow("create weather --scope 'streams:read:camera*'");
    expect(await ApiKeyFile.in(directory).list()).toEqual([]);
  });

  it('lists keys with their state, and never their secrets', async () => {
    expect(await run('list')).toBe(0);
    expect(output).toBe(`No keys in ${join(directory, 'api-keys.json')}\n`);
    output = '';
    const good = await ApiKeyFile.in(directory).create({ name: 'good', scopes: ['*'] });
    const short = await ApiKeyFile.in(directory).create({
      name: 'short',
      scopes: ['rpc'],
      expires: new Date(Date.now() + 3_600_000),
    });
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.parse(short.record.expires ?? ''));
    await run('list');
    now.mockRestore();
    expect(output).toBe(
      `${good.record.id}\tgood\teverything (*)\tholds for good\tnever used\n` +
        `${short.record.id}\tshort\trpc\tran out ${short.record.expires}\tnever used\n`,
    );
  });

  it('revokes keys by their id, and says so when there is none', async () => {
    const { record } = await ApiKeyFile.in(directory).create({ name: 'a', scopes: ['*'] });
    expect(await run(`revoke ${record.id}`)).toBe(0);
    expect(await run(`revoke ${record.id}`)).toBe(1);
    expect(output).toBe(`Revoked ${record.id}\nThere is no key of that id in ${join(directory, 'api-keys.json')}\n`);
    expect(await ApiKeyFile.in(directory).list()).toEqual([]);
  });

  it('takes another file', async () => {
    const file = join(directory, 'other.json');
    await run(`create a --file ${file} --scope *`);
    expect(await readFile(file, 'utf8')).toContain('"a"');
  });

  it('shows its usage when asked', async () => {
    expect(await run('--help')).toBe(0);
    expect(output).toBe(KEYS_PROGRAM.usage);
  });

  it.each(['', 'make a', 'create', 'create a b', 'list a', 'revoke', 'revoke a b', 'create a --skope x', 'toString x'])(
    'refuses "%s"',
    async (args) => {
      await expect(run(args)).rejects.toThrow(ArgumentsError);
    },
  );

  it.each(['create a --scope rpc --expires soon', 'create a --scope rpc --expires 2020-01-01', 'create a --scope é'])(
    'says what is wrong with "%s"',
    async (args) => {
      await expect(run(args)).rejects.toThrow(AccountError);
      expect(await ApiKeyFile.in(directory).list()).toEqual([]);
    },
  );
});
