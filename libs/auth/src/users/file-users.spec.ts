import crypto from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addUser, listUsers, removeUser, UserAdministrationError, verifyUser } from '../admin/index.js';
import { developmentUsers } from './development-users.js';
import { fileUsers } from './file-users.js';

describe('Users of a file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-users-'));
    path = join(directory, 'nested', 'users.json');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  it('are let in by name and password, with their scopes', async () => {
    await addUser(path, { name: 'alice', password: 'correct horse', scopes: ['streams:read:camera*'] });
    const users = fileUsers({ path });
    expect(await users.verify('alice', 'correct horse')).toEqual({ name: 'alice', scopes: ['streams:read:camera*'] });
    expect(await users.verify('alice', 'correct horsf')).toBeUndefined();
    expect(await users.verify('bob', 'correct horse')).toBeUndefined();
    expect(await users.verify('__proto__', 'correct horse')).toBeUndefined();
  });

  it('cost the same work whether the name is unknown or the password wrong', async () => {
    await addUser(path, { name: 'alice', password: 'correct horse' });
    const users = fileUsers({ path });
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

  it('are read again when the file has changed', async () => {
    const users = fileUsers({ path });
    expect(await users.verify('alice', 'correct horse')).toBeUndefined();
    await addUser(path, { name: 'alice', password: 'correct horse' });
    expect(await users.verify('alice', 'correct horse')).toEqual({ name: 'alice', scopes: ['*'] });
    await addUser(path, { name: 'alice', password: 'another one' });
    expect(await users.verify('alice', 'correct horse')).toBeUndefined();
    await removeUser(path, 'alice');
    expect(await users.verify('alice', 'another one')).toBeUndefined();
  });

  it('are kept as salted scrypt hashes which only the owner may read', async () => {
    await addUser(path, { name: 'a', password: 'correct horse' });
    await addUser(path, { name: 'b', password: 'correct horse' });
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('correct horse');
    const hashes = [...text.matchAll(/\$scrypt\$ln=15,r=8,p=3\$[^"]+/g)].map(([hash]) => hash);
    expect(new Set(hashes).size).toBe(2);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('all survive when many are added at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `user${index}`);
    await Promise.all(names.map((name) => addUser(path, { name, password: 'correct horse' })));
    expect((await listUsers(path)).map(({ name }) => name)).toEqual(names);
  });

  it('can be listed, replaced, checked and removed', async () => {
    expect(await listUsers(path)).toEqual([]);
    expect(await addUser(path, { name: 'bob', password: 'correct horse' })).toBe(true);
    expect(await addUser(path, { name: 'alice', password: 'correct horse', scopes: [] })).toBe(true);
    expect(await addUser(path, { name: 'bob', password: 'another one', scopes: ['rpc'] })).toBe(false);
    const created = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(await listUsers(path)).toEqual([
      { name: 'alice', scopes: [], created },
      { name: 'bob', scopes: ['rpc'], created },
    ]);
    expect(await verifyUser(path, 'bob', 'another one')).toBe(true);
    expect(await verifyUser(path, 'bob', 'correct horse')).toBe(false);
    expect(await verifyUser(path, 'nobody', 'correct horse')).toBe(false);
    expect(await removeUser(path, 'bob')).toBe(true);
    expect(await removeUser(path, 'bob')).toBe(false);
  });

  it.each([
    ['an empty name', { name: '', password: 'correct horse' }],
    ['a name with a line feed', { name: 'a\nb', password: 'correct horse' }],
    ['a name with a space at its end', { name: 'a ', password: 'correct horse' }],
    ['a short password', { name: 'a', password: '1234567' }],
    ['an endless password', { name: 'a', password: 'x'.repeat(1025) }],
    ['a scope with a space', { name: 'a', password: 'correct horse', scopes: ['a b'] }],
  ])('cannot be added with %s', async (_name, user) => {
    await expect(addUser(path, user)).rejects.toThrow(UserAdministrationError);
    expect(await listUsers(path)).toEqual([]);
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
    const attempt = fileUsers({ path: bad }).verify('a', 'correct horse');
    await expect(attempt).rejects.toThrow(`The file of users, ${bad}, is not`);
    await expect(attempt).rejects.not.toThrow('secret');
  });
});

it('development users are all whose password equals their name', async () => {
  const users = developmentUsers();
  expect(await users.verify('test', 'test')).toEqual({ name: 'test', scopes: ['*'] });
  expect(await users.verify('test', 'Test')).toBeUndefined();
  expect(await users.verify('', '')).toBeUndefined();
});
