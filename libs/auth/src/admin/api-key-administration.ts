import { join } from 'node:path';
import { addToApiKeyFile, readApiKeyFile, removeFromApiKeyFile } from '../keys/api-key-file.js';
import { type ApiKeyRecord, recordOf } from '../keys/api-key-record.js';
import { API_KEYS_FILE } from '../keys/api-keys-file.js';
import type { CreatedApiKey } from '../keys/created-api-key.js';
import { makeApiKey, type NewApiKey } from '../keys/make-api-key.js';

/** The file of API keys in a data folder. */
export function apiKeysFileIn(directory: string): string {
  return join(directory, API_KEYS_FILE);
}

/**
 * Makes a key in a data folder; a server on that folder takes it at once.
 *
 * @param directory the folder (`MILLRACE_DATA_DIR`); it is made when there is none
 * @returns the key, which is shown only now, and its record
 * @throws ApiKeyAdministrationError when name, a scope or the expiry is no good
 */
export function createApiKey(directory: string, key: NewApiKey): Promise<CreatedApiKey> {
  return createApiKeyIn(apiKeysFileIn(directory), key);
}

/** The keys of a data folder, oldest first, those that have run out too. */
export function listApiKeys(directory: string): Promise<ApiKeyRecord[]> {
  return listApiKeysIn(apiKeysFileIn(directory));
}

/** Revokes a key of a data folder; false when there is none of that id. Live sockets of it are closed within seconds. */
export function revokeApiKey(directory: string, id: string): Promise<boolean> {
  return revokeApiKeyIn(apiKeysFileIn(directory), id);
}

/** The same in a file of any name. */
export async function createApiKeyIn(file: string, key: NewApiKey): Promise<CreatedApiKey> {
  const { created, stored } = makeApiKey(key);
  await addToApiKeyFile(file, stored);
  return created;
}

/** The same in a file of any name. */
export async function listApiKeysIn(file: string): Promise<ApiKeyRecord[]> {
  return (await readApiKeyFile(file)).map(recordOf);
}

/** The same in a file of any name. */
export function revokeApiKeyIn(file: string, id: string): Promise<boolean> {
  return removeFromApiKeyFile(file, id);
}
