import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyFile } from '@millrace/accounts';
import { declareContract } from '@millrace/core/contract';
import { API_KEY_STORE_CONTRACT, storedApiKey } from '../testing/index.js';
import { fileApiKeys } from './file-api-keys.js';

describe('API keys of a file', () => {
  let directory: string;
  let made = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-keys-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  const place = (): string => join(directory, `ground${(made += 1)}`);

  declareContract('the contract of a store', API_KEY_STORE_CONTRACT, {
    create: async () => {
      const file = join(place(), 'nested', 'keys.json');
      return { store: fileApiKeys({ file }), again: async () => fileApiKeys({ file }) };
    },
  });

  it('are made, listed and revoked by functions on the data folder, and count at once', async () => {
    const folder = place();
    const store = fileApiKeys({ file: join(folder, 'api-keys.json') });
    expect(await ApiKeyFile.in(folder).list()).toEqual([]);
    const { key, record } = await ApiKeyFile.in(folder).create({ name: 'weather', scopes: ['*'], expires: '1h' });
    expect(await ApiKeyFile.in(folder).list()).toEqual([record]);
    expect(await store.find(key.slice(3, 15))).toMatchObject(record);
    expect(await ApiKeyFile.in(folder).revoke(record.id)).toBe(true);
    expect(await ApiKeyFile.in(folder).revoke(record.id)).toBe(false);
    expect(await store.find(record.id)).toBeUndefined();
  });

  it('stand there as hashes, in a file only the owner may read, and leave nothing else behind', async () => {
    const folder = place();
    const { key } = await ApiKeyFile.in(folder).create({ name: 'weather', scopes: ['*'] });
    const file = join(folder, 'api-keys.json');
    expect(await readFile(file, 'utf8')).not.toContain(key.slice(16));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['api-keys.json', 'api-keys.json.lock']);
  });

  it('are read also where somebody wrote a time without seconds', async () => {
    const file = join(directory, 'by-hand.json');
    const key = { ...storedApiKey(), expires: '2999-01-31T12:00Z' };
    await writeFile(file, JSON.stringify({ version: 1, keys: [key] }));
    expect(await fileApiKeys({ file }).find(key.id)).toEqual(key);
  });

  it('are not written where nothing has changed', async () => {
    const folder = place();
    const file = join(folder, 'api-keys.json');
    const store = fileApiKeys({ file });
    const key = storedApiKey();
    await store.add(key);
    const { ino } = await stat(file);
    await store.touch(new Map([['nobody', Date.now()]]));
    expect((await stat(file)).ino).toBe(ino);
  });

  it.each([
    ['no JSON', 'secret {'],
    ['another form', '{"version":1,"keys":[{"id":"a"}]}'],
    ['another version', '{"version":2,"keys":[]}'],
    ['a hash of another kind', JSON.stringify({ version: 1, keys: [{ ...storedApiKey(), hash: 'secret' }] })],
  ])('a file with %s lets nobody in, and the error names the file and quotes nothing of it', async (_name, text) => {
    const bad = join(directory, 'bad.json');
    await writeFile(bad, text);
    const attempt = fileApiKeys({ file: bad }).find('a');
    await expect(attempt).rejects.toThrow(`The file of API keys, ${bad}, is not`);
    await expect(attempt).rejects.not.toThrow('secret');
  });
});
