import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TokenStore } from './token-store.js';

describe('The file of tokens', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'millrace-home-'))));
  afterEach(() => rmSync(home, { recursive: true }));
  const token = (text: string, expires?: string) => ({ user: 'me', token: text, expires });

  it('gives a token to its own server only, and forgets it', async () => {
    const store = new TokenStore(home);
    expect(await store.get('http://a:1')).toBeUndefined();
    await store.put(['http://a:1'], token('one'));
    await store.put(['https://a:1'], token('two'));
    expect((await store.get('http://a:1'))?.token).toBe('one');
    expect(await store.get('http://a:2')).toBeUndefined();
    expect(await store.get('__proto__')).toBeUndefined();
    expect(await store.last()).toBe('https://a:1');
    expect(await store.remove(['https://a:1'])).toBe(true);
    expect(await store.remove(['https://a:1'])).toBe(false);
    expect(await store.last()).toBeUndefined();
    expect((await store.get('http://a:1'))?.token).toBe('one');
  });

  it('gives one token for several addresses only when it is that of all', async () => {
    const store = new TokenStore(home);
    await store.put(['http://a:1', 'http://b:1'], token('one'));
    expect(await store.last()).toBe('http://a:1,http://b:1');
    expect((await store.getForAll(['http://b:1', 'http://a:1']))?.token).toBe('one');
    expect(await store.getForAll(['http://a:1', 'http://c:1'])).toBeUndefined();
    await store.put(['http://b:1'], token('two'));
    expect(await store.getForAll(['http://a:1', 'http://b:1'])).toBeUndefined();
  });

  it('leaves out a token that has run out', async () => {
    const store = new TokenStore(home);
    await store.put(['http://a:1'], token('old', '2001-01-01T00:00:00Z'));
    expect(await store.get('http://a:1')).toBeUndefined();
  });

  it('is made readable for its owner only, whatever it was before', async () => {
    const store = new TokenStore(home);
    mkdirSync(join(home, '.millrace'));
    writeFileSync(store.path, '{"servers": {}}');
    chmodSync(store.path, 0o666);
    await store.put(['http://a:1'], token('one'));
    expect(statSync(store.path).mode & 0o777).toBe(0o600);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"servers": []}',
    '{"servers": {"http://a:1": {"token": 5}}}',
    '{"servers": {"a": "secret"}}',
  ])('says that it is damaged when it holds %s, without showing it, and leaves it alone', async (text) => {
    const store = new TokenStore(home);
    mkdirSync(join(home, '.millrace'));
    writeFileSync(store.path, text);
    await expect(store.get('http://a:1')).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: `${store.path} is damaged; remove it and log in again`,
    });
    await expect(store.put(['http://a:1'], token('one'))).rejects.toThrow('is damaged');
    expect(readFileSync(store.path, 'utf8')).toBe(text);
  });
});
