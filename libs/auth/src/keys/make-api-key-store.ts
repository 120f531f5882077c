import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { AuthSettings } from '../options/auth-options.schema.js';
import { API_KEYS_FILE } from './api-keys-file.js';
import type { ApiKeyStore } from './api-key-store.js';
import { fileApiKeys } from './file-api-keys.js';
import { NoApiKeys } from './no-api-keys.js';

/** The store the options ask for. */
export async function makeApiKeyStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<ApiKeyStore> {
  const { apiKeys, dataDirectory } = settings;
  if (apiKeys === false) return new NoApiKeys();
  const { store } = apiKeys;
  if (!store) return fileApiKeys({ file: join(dataDirectory, API_KEYS_FILE) });
  return typeof store === 'function' ? moduleRef.create(store as Type<ApiKeyStore>) : store;
}
