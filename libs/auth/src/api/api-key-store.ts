import type { OperationsPart } from '@millrace/core/ops';
import type { StoredApiKey } from '@millrace/accounts';

/**
 * Where API keys are kept. `fileApiKeys()` and `redisApiKeys()` are two; write your own over your database and try it with
 * `API_KEY_STORE_CONTRACT` of `@millrace/auth/testing`.
 *
 * A store never sees a key, only the hash of its secret.
 *
 * @publicApi
 */
export abstract class ApiKeyStore {
  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /** The key of that id; asked for each use of a key. */
  abstract find(id: string): Promise<StoredApiKey | undefined>;

  /** All keys, oldest first, those that have run out too. */
  abstract list(): Promise<StoredApiKey[]>;

  /**
   * Keeps a new key.
   *
   * @throws MillraceError `CONFLICT` when the id is taken or the store is full
   */
  abstract add(key: StoredApiKey): Promise<void>;

  /** Forgets a key, for every process at once; false when no key has that id. */
  abstract revoke(id: string): Promise<boolean>;

  /**
   * Notes when keys were last used. An earlier time changes nothing, and an unknown id is ignored: a key that was revoked
   * meanwhile must not come back.
   *
   * @param uses milliseconds since 1970, by id
   */
  abstract touch(uses: ReadonlyMap<string, number>): Promise<void>;

  /** Lets go of files and connections when the application ends. */
  close?(): Promise<void>;
}
