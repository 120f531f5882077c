import { ApiKeyFile } from '@millrace/accounts';
import type { ApiKeyStore } from '../api/api-key-store.js';
import { asStoreError } from './store-error.js';

export interface FileApiKeysOptions {
  /** The file; it need not exist yet. This store, the command `millrace keys` and `ApiKeyFile` of `@millrace/accounts` write it. */
  readonly file: string;
}

/**
 * API keys in a file that only its owner may read. It is replaced in one step, and read again when it has changed: keys
 * made and revoked by another process count at once.
 */
export function fileApiKeys({ file }: FileApiKeysOptions): ApiKeyStore {
  return storeOf(new ApiKeyFile(file));
}

export function storeOf(file: ApiKeyFile): ApiKeyStore {
  return {
    find: (id) => file.find(id),
    list: () => file.stored(),
    add: (key) => file.add(key).catch(asStoreError),
    revoke: (id) => file.revoke(id).catch(asStoreError),
    touch: (uses) => file.touch(uses).catch(asStoreError),
  };
}
