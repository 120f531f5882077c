import crypto from 'node:crypto';
import type { AuthSettings } from '../auth.options.js';
import type { StoredApiKey } from '@millrace/accounts';
import { ApiKeyStore } from '../api/api-key-store.js';
import { Shutdown } from '@millrace/core/shutdown';
import { ApiKeyUsage } from './api-key-usage.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { makeApiKey } from '@millrace/accounts/keys';

class Keys extends ApiKeyStore {
  readonly keys = new Map<string, StoredApiKey>();
  readonly asked: string[] = [];

  override async find(id: string): Promise<StoredApiKey | undefined> {
    this.asked.push(id);
    return this.keys.get(id);
  }

  override async list(): Promise<StoredApiKey[]> {
    return [...this.keys.values()];
  }

  override async add(key: StoredApiKey): Promise<void> {
    this.keys.set(key.id, key);
  }

  override async revoke(id: string): Promise<boolean> {
    return this.keys.delete(id);
  }

  override async touch(): Promise<void> {}
}

describe('Verifying an API key', () => {
  const store = new Keys();
  const shutdown = new Shutdown();
  const usage = new ApiKeyUsage(store, shutdown);
  const verifier = new ApiKeyVerifier(store, usage, { apiKeys: {} } as AuthSettings);
  const make = async (expires?: string): Promise<string> => {
    const { created, stored } = makeApiKey({ name: 'a', scopes: ['*'], expires });
    await store.add(stored);
    return created.key;
  };
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => shutdown.onApplicationShutdown());

  it('costs the same work whether a key is unknown, wrong, revoked, run out or right', async () => {
    const hash = jest.spyOn(crypto, 'hash');
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const work = async (key: string): Promise<unknown> => {
      hash.mockClear();
      compare.mockClear();
      store.asked.length = 0;
      await verifier.verify(key, { secure: true }).catch(() => undefined);
      return {
        asked: store.asked.length,
        hashed: hash.mock.calls.map(([algorithm, text]) => [algorithm, (text as string).length]),
        compared: compare.mock.calls.map(([left, right]) => [left.byteLength, right.byteLength]),
      };
    };
    const right = await make();
    const revoked = await make();
    await store.revoke(revoked.slice(3, 15));
    const runOut = await make('1s');
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2000);
    const expected = { asked: 1, hashed: [['sha256', 43]], compared: [[32, 32]] };
    expect(await work(right)).toEqual(expected);
    expect(await work(`mr_unknownunkno_${right.slice(16)}`)).toEqual(expected);
    expect(await work(`${right.slice(0, 16)}${'0'.repeat(43)}`)).toEqual(expected);
    expect(await work(revoked)).toEqual(expected);
    expect(await work(runOut)).toEqual(expected);
  });

  it('does no work at all in the clear', async () => {
    const hash = jest.spyOn(crypto, 'hash');
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const key = await make();
    hash.mockClear();
    store.asked.length = 0;
    await expect(verifier.verify(key, { secure: false })).rejects.toThrow('on TLS connections only');
    expect(store.asked).toEqual([]);
    expect(hash).not.toHaveBeenCalled();
    expect(compare).not.toHaveBeenCalled();
  });

  it('says of a key that is refused neither why nor anything of the key', async () => {
    const key = await make();
    for (const given of [`${key.slice(0, -1)}!`, `${key.slice(0, 16)}${'0'.repeat(43)}`, 'mr_', `mr_x_${key}`]) {
      const error: unknown = await verifier.verify(given, { secure: true }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: 'Could not validate credentials' });
      expect(JSON.stringify(error) + (error as Error).stack).not.toContain(key.slice(16, 30));
    }
  });

  it('takes no key where keys are turned off', () => {
    expect(new ApiKeyVerifier(store, usage, { apiKeys: false } as AuthSettings).accepts('mr_a_b')).toBe(false);
    expect(verifier.accepts('mr_a_b')).toBe(true);
    expect(verifier.accepts('eyJhbGciOiJIUzI1NiJ9.e30.x')).toBe(false);
  });
});
