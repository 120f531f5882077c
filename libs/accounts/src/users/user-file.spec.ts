import crypto from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountError } from '../account.error.js';
import { UserFile } from './user-file.js';

describe('Users of a file', () => {
  let directory: string;
  let path: string;
  let users: UserFile;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-users-'));
    path = join(directory, 'nested', 'users.json');
    users = new UserFile(path);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  it('are let in by name and password, with their scopes', async () => {
    await users.add({ name: 'alice', password: 'correct horse', scopes: ['streams:read:camera*'] });
    expect(await users.verify('alice', 'correct horse')).toMatchObject({
      name: 'alice',
      scopes: ['streams:read:camera*'],
    });
    expect(await users.verify('alice', 'correct horsf')).toBeUndefined();
    expect(await users.verify('bob', 'correct horse')).toBeUndefined();
    expect(await users.verify('__proto__', 'correct horse')).toBeUndefined();
  });

  it('cost the same work whether the name is unknown or the password wrong', async () => {
    await users.add({ name: 'alice', password: 'correct horse' });
    const scrypt = jest.spyOn(crypto, 'scrypt');
    const work = async (name: string): Promise<unknown[]> => {
      scrypt.mockClear();
      expect(await users.verify(name, 'wrong')).toBeUndefined();
      return scrypt.mock.calls.map(([, salt, length, cost]) => [(salt as Buffer).length, length, cost]);
    };
    const wrongPassword = await work('alice');
    expect(wrongPassword).toHaveLength(1);
    expect(await work('nobody')).toEqual(wrongPassword);
    expect(await work('nobody again')).toEqual(wrongPassword);
  });

  it('are read again when another process has changed the file', async () => {
    const other = new UserFile(path);
    expect(await users.verify('alice', 'correct horse')).toBeUndefined();
    await other.add({ name: 'alice', password: 'correct horse' });
    expect(await users.verify('alice', 'correct horse')).toMatchObject({ name: 'alice', scopes: [] });
    await other.add({ name: 'alice', password: 'another one' });
    expect(await users.verify('alice', 'correct horse')).toBeUndefined();
    await other.remove('alice');
    expect(await users.verify('alice', 'another one')).toBeUndefined();
  });

  it('are kept as salted scrypt hashes which only the owner may read', async () => {
    await users.add({ name: 'a', password: 'correct horse' });
    await users.add({ name: 'b', password: 'correct horse' });
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('correct horse');
    const hashes = [...text.matchAll(/\$scrypt\$ln=15,r=8,p=3\$[^"]+/g)].map(([hash]) => hash);
    expect(new Set(hashes).size).toBe(2);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('all survive when many are added at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `user${index}`);
    await Promise.all(names.map((name) => users.add({ name, password: 'correct horse' })));
    expect((await users.list()).map(({ name }) => name)).toEqual(names);
  });

  it('can be listed, replaced, checked and removed', async () => {
    expect(await users.list()).toEqual([]);
    expect(await users.add({ name: 'bob', password: 'correct horse' })).toBe(true);
    expect(await users.add({ name: 'alice', password: 'correct horse', scopes: [] })).toBe(true);
    expect(await users.add({ name: 'bob', password: 'another one', scopes: ['rpc'] })).toBe(false);
    const created = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(await users.list()).toEqual([
      { name: 'alice', scopes: [], created },
      { name: 'bob', scopes: ['rpc'], created },
    ]);
    expect(await users.verify('bob', 'another one')).toEqual({ name: 'bob', scopes: ['rpc'], created });
    expect(await users.verify('bob', 'correct horse')).toBeUndefined();
    expect(await users.verify('nobody', 'correct horse')).toBeUndefined();
    expect(await users.remove('bob')).toBe(true);
    expect(await users.remove('bob')).toBe(false);
  });

  it('may do nothing until it is said, and keep their scopes with a new password', async () => {
    await users.add({ name: 'alice', password: 'correct horse' });
    expect(await users.verify('alice', 'correct horse')).toMatchObject({ scopes: [] });
    await users.add({ name: 'alice', password: 'correct horse', scopes: ['rpc'] });
    await users.add({ name: 'alice', password: 'another one' });
    expect(await users.verify('alice', 'another one')).toMatchObject({ scopes: ['rpc'] });
  });

  it.each([
    ['an empty name', { name: '', password: 'correct horse' }],
    ['a name with a line feed', { name: 'a\nb', password: 'correct horse' }],
    ['a name with a space at its end', { name: 'a ', password: 'correct horse' }],
    ['a short password', { name: 'a', password: '1234567' }],
    ['an endless password', { name: 'a', password: 'x'.repeat(1025) }],
    ['a scope with a space', { name: 'a', password: 'correct horse', scopes: ['a b'] }],
  ])('cannot be added with %s', async (_name, user) => {
    await expect(users.add(user)).rejects.toThrow(AccountError);
    expect(await users.list()).toEqual([]);
  });

  it.each([
    ['no JSON', 'secret {'],
    ['another form', '{"version":1,"users":[{"name":"a"}]}'],
    ['another version', '{"version":2,"users":[]}'],
    [
      'a hash of another kind',
      '{"version":1,"users":[{"name":"a","hash":"$2b$10$secret","scopes":[],"created":"2026-01-01"}]}',
    ],
  ])('a file with %s lets nobody in, and the error names the file and quotes nothing of it', async (_name, text) => {
    const bad = join(directory, 'bad.json');
    await writeFile(bad, text);
    const attempt = new UserFile(bad).verify('a', 'correct horse');
    await expect(attempt).rejects.toThrow(`The file of users, ${bad}, is not`);
    await expect(attempt).rejects.not.toThrow('secret');
  });
});
