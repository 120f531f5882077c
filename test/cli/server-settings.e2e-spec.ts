import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLibrary } from '../support/build.js';

const BIN = join(__dirname, '../../libs/cli/dist/bin');

describe('Commands of the operator, beside the .env of their server,', () => {
  let folder: string;
  beforeAll(() => buildLibrary('cli'));
  beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-env-')))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (program: string, args: string, env: Record<string, string> = {}): Promise<[number | null, string]> =>
    new Promise((resolve) => {
      const { MILLRACE_DATA_DIR: _folder, REDIS_URL: _redis, ...inherited } = process.env;
      const child = spawn(process.execPath, [join(BIN, `${program}.js`), ...args.split(' ')], {
        cwd: folder,
        env: { ...inherited, ...env },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stdin.end('correct horse battery\n');
      child.once('close', (code) => resolve([code, output]));
    });

  it('write the files of its data folder, and name them', async () => {
    writeFileSync(join(folder, '.env'), 'MILLRACE_DATA_DIR=kept/here\n');
    const users = join(folder, 'kept/here/users.json');
    const keys = join(folder, 'kept/here/api-keys.json');
    expect(await run('millrace-user', 'add alice --scope rpc')).toEqual([0, expect.stringContaining(`in ${users};`)]);
    expect(await run('millrace-keys', 'create camera --scope rpc')).toEqual([
      0,
      expect.stringContaining(`in ${keys};`),
    ]);
    expect(await run('millrace-user', 'list')).toEqual([0, expect.stringContaining('alice')]);
    const other = { MILLRACE_DATA_DIR: join(folder, 'other') };
    expect(await run('millrace-user', 'list', other)).toEqual([0, `No users in ${join(folder, 'other/users.json')}\n`]);
  });

  it('make no key in a file where the server has its keys in Redis', async () => {
    writeFileSync(join(folder, '.env'), 'REDIS_URL=redis://127.0.0.1:6379\n');
    const [code, output] = await run('millrace-keys', 'create camera --scope streams');
    expect([code, output]).toEqual([1, expect.stringContaining('in Redis')]);
    expect((await run('millrace-keys', 'create camera --scope streams', { MILLRACE_STORE: 'embedded' }))[0]).toBe(0);
    expect((await run('millrace-keys', 'create camera --scope streams --file keys.json'))[0]).toBe(0);
  });

  it('make no user in a file where the server has its users in Redis, and name the file that the first one comes from', async () => {
    writeFileSync(join(folder, '.env'), 'REDIS_URL=redis://127.0.0.1:6379\n');
    const file = join(folder, 'data/users.json');
    for (const args of ['add alice --scope rpc', 'list', 'remove alice', 'verify alice']) {
      const [code, output] = await run('millrace-user', args);
      expect([code, output]).toEqual([1, expect.stringMatching(/keeps its users in Redis .* --endpoint /)]);
      expect(output).toContain(`--file ${file}`);
    }
    expect((await run('millrace-user', 'add alice --scope rpc', { MILLRACE_STORE: 'embedded' }))[0]).toBe(0);
    expect((await run('millrace-user', `add bob --scope rpc --file ${file}`))[0]).toBe(0);
  });

  it.each(['users list', 'users remove alice', 'keys list', 'tokens revoke --user alice'])(
    'change nothing in a folder where the server has that in Redis: millrace %s',
    async (args) => {
      const env = { MILLRACE_DATA_DIR: folder, REDIS_URL: 'redis://127.0.0.1:6379' };
      const [code, output] = await run('millrace', args, env);
      expect([code, output]).toEqual([2, expect.stringContaining('in Redis (REDIS_URL, MILLRACE_STORE)')]);
      expect((await run('millrace', `${args} --data-dir ${folder}`, env))[1]).not.toContain('Redis');
    },
  );

  it('say which .env cannot be read', async () => {
    mkdirSync(join(folder, '.env'));
    const [code, output] = await run('millrace-user', 'list');
    expect([code, output]).toEqual([1, expect.stringContaining(`${join(folder, '.env')} cannot be used`)]);
  });
});
