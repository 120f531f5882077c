import { MillraceError } from '@millrace/core';
import { versionOfFile } from '../files/private-file.js';
import { ApiKeyAdministrationError } from './api-key-administration.error.js';
import { addToApiKeyFile, readApiKeyFile, removeFromApiKeyFile, touchApiKeyFile } from './api-key-file.js';
import type { StoredApiKey } from './api-key-record.js';
import { ApiKeyStore } from './api-key-store.js';

export interface FileApiKeysOptions {
  /** The file; it need not exist yet. Written by this store, by `millrace-keys` and by `@millrace/auth/admin`. */
  readonly file: string;
}

class FileApiKeys extends ApiKeyStore {
  private version: string | undefined;
  private keys: ReadonlyMap<string, StoredApiKey> = new Map();

  constructor(private readonly file: string) {
    super();
  }

  override async find(id: string): Promise<StoredApiKey | undefined> {
    return (await this.current()).get(id);
  }

  override async list(): Promise<StoredApiKey[]> {
    return [...(await this.current()).values()];
  }

  override async add(key: StoredApiKey): Promise<void> {
    try {
      await addToApiKeyFile(this.file, key);
    } catch (error) {
      if (error instanceof ApiKeyAdministrationError) throw new MillraceError('CONFLICT', error.message);
      throw error;
    }
  }

  override revoke(id: string): Promise<boolean> {
    return removeFromApiKeyFile(this.file, id);
  }

  override touch(uses: ReadonlyMap<string, number>): Promise<void> {
    return touchApiKeyFile(this.file, uses);
  }

  private async current(): Promise<ReadonlyMap<string, StoredApiKey>> {
    const version = await versionOfFile(this.file);
    if (version !== this.version) {
      const keys = await readApiKeyFile(this.file);
      this.keys = new Map(keys.map((key) => [key.id, key]));
      this.version = version;
    }
    return this.keys;
  }
}

/**
 * API keys in a file only its owner may read. It is replaced in one step, and read again when it has changed: keys made
 * and revoked by another process count at once.
 */
export function fileApiKeys({ file }: FileApiKeysOptions): ApiKeyStore {
  return new FileApiKeys(file);
}
