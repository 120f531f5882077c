import { AccountError, ApiKeyFile, type StoredApiKey } from '@millrace/accounts';
import { MillraceError } from '@millrace/core/errors';
import { ApiKeyStore } from '../api/api-key-store.js';

export interface FileApiKeysOptions {
  /** The file; it need not exist yet. This store, the command `millrace keys` and `ApiKeyFile` of `@millrace/accounts` write it. */
  readonly file: string;
}

class FileApiKeys extends ApiKeyStore {
  constructor(private readonly file: ApiKeyFile) {
    super();
  }

  override find(id: string): Promise<StoredApiKey | undefined> {
    return this.file.find(id);
  }

  override list(): Promise<StoredApiKey[]> {
    return this.file.stored();
  }

  override async add(key: StoredApiKey): Promise<void> {
    try {
      await this.file.add(key);
    } catch (error) {
      if (error instanceof AccountError) throw new MillraceError('CONFLICT', error.message);
      throw error;
    }
  }

  override revoke(id: string): Promise<boolean> {
    return this.file.revoke(id);
  }

  override touch(uses: ReadonlyMap<string, number>): Promise<void> {
    return this.file.touch(uses);
  }
}

/**
 * API keys in a file that only its owner may read. It is replaced in one step, and read again when it has changed: keys
 * made and revoked by another process count at once.
 */
export function fileApiKeys({ file }: FileApiKeysOptions): ApiKeyStore {
  return new FileApiKeys(new ApiKeyFile(file));
}

/** The same with the file of a data directory. */
export function apiKeysIn(dataDirectory: string): ApiKeyStore {
  return new FileApiKeys(ApiKeyFile.in(dataDirectory));
}
