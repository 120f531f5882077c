import { join } from 'node:path';
import { AccountError } from '../account.error.js';
import { RecordsFile } from '../files/records.js';
import { type ApiKeyRecord, byAge, recordOf, STORED_API_KEY, type StoredApiKey } from './api-key-record.js';
import { type CreatedApiKey, makeApiKey, type NewApiKey } from './make-api-key.js';

/** Most keys in one store: each change of a file writes it anew, and a list has no pages. */
export const MAX_API_KEYS = 10_000;

const KIND = {
  what: 'API keys',
  list: 'keys',
  shape: STORED_API_KEY,
  idOf: ({ id }: StoredApiKey): string => id,
  order: byAge,
};

/**
 * API keys in a file that only its owner may read. It is replaced in one step, and read again when it has changed: keys
 * made and revoked by another process count at once.
 *
 * @example
 * ```ts
 * const { key } = await ApiKeyFile.in('data').create({ name: 'weather station', scopes: ['streams:write:weather'] });
 * ```
 * @publicApi
 */
export class ApiKeyFile {
  private readonly keys: RecordsFile<StoredApiKey>;

  /** @param path the file; it need not exist yet */
  constructor(readonly path: string) {
    this.keys = new RecordsFile(path, KIND);
  }

  /** The file of keys in a server's data folder (`MILLRACE_DATA_DIR`). */
  static in(folder: string): ApiKeyFile {
    return new ApiKeyFile(join(folder, 'api-keys.json'));
  }

  /**
   * Makes a key; a server on the same file takes it at once.
   *
   * @returns the key, which can be shown only now, and its record
   * @throws AccountError when name, a scope or the expiry cannot be taken, or the file is full
   */
  async create(key: NewApiKey): Promise<CreatedApiKey> {
    const { created, stored } = makeApiKey(key);
    await this.add(stored);
    return created;
  }

  /** The key of that id. */
  async find(id: string): Promise<StoredApiKey | undefined> {
    return (await this.keys.current()).get(id);
  }

  /** All keys without their hashes, oldest first, those that have run out too. */
  async list(): Promise<ApiKeyRecord[]> {
    return (await this.stored()).map(recordOf);
  }

  /** The same with their hashes. */
  async stored(): Promise<StoredApiKey[]> {
    return [...(await this.keys.current()).values()];
  }

  /** Adds a key that was made elsewhere. @throws AccountError `conflict` when the id is taken or the file is full */
  add(key: StoredApiKey): Promise<void> {
    return this.keys.change(async (keys, replace) => {
      if (keys.some(({ id }) => id === key.id))
        throw new AccountError(`There is already a key with the id ${key.id}`, 'conflict');
      if (keys.length >= MAX_API_KEYS) {
        throw new AccountError(`The file has ${MAX_API_KEYS} keys, which is the most; revoke some first`, 'conflict');
      }
      await replace([...keys, key]);
    });
  }

  /** Revokes a key; false when no key has that id. Live sockets that were opened with it are closed within seconds. */
  revoke(id: string): Promise<boolean> {
    return this.keys.remove(id);
  }

  /** Notes last uses, in milliseconds since 1970 by id. */
  touch(uses: ReadonlyMap<string, number>): Promise<void> {
    return this.keys.change(async (keys, replace) => {
      const touched = keys.map((key) => {
        const used = uses.get(key.id);
        if (used === undefined || used <= Date.parse(key.lastUsed ?? '1970-01-01')) return key;
        return { ...key, lastUsed: new Date(used).toISOString() };
      });
      if (touched.some((key, index) => key !== keys[index])) await replace(touched);
    });
  }
}
