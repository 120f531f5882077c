import type { ModuleRef } from '@nestjs/core';
import type { AuthSettings } from '../auth.options.js';
import type { ApiKeyStore } from '../api/api-key-store.js';
import { apiKeysIn } from './file-api-keys.js';
import { NoApiKeys } from './no-api-keys.js';

/** The store the options ask for. */
export async function makeApiKeyStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<ApiKeyStore> {
  const { apiKeys, dataDirectory } = settings;
  if (apiKeys === false) return new NoApiKeys();
  const { store } = apiKeys;
  if (!store) return apiKeysIn(dataDirectory);
  return typeof store === 'function' ? moduleRef.create(store) : store;
}
