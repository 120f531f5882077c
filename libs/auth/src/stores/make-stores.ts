import type { ModuleRef } from '@nestjs/core';
import { MillraceError } from '@millrace/core/errors';
import { ApiKeyStore } from '../api/api-key-store.js';
import type { UserStore } from '../api/user-store.js';
import { optionError, type AuthSettings } from '../auth.options.js';
import { developmentUsers } from './development-users.js';
import { apiKeysIn } from './file-api-keys.js';
import { usersIn } from './file-users.js';

/** The store the options ask for. @throws OptionsError when it is one of development and this is production */
export async function makeUserStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<UserStore> {
  const { users, production, dataDirectory } = settings;
  if (!users) return production ? usersIn(dataDirectory) : developmentUsers();
  const store = typeof users === 'function' ? await moduleRef.create(users) : users;
  if (production && store.developmentOnly) {
    throw optionError(
      'users',
      'is a store of development (password equals name); production needs fileUsers() or a class of your own',
    );
  }
  return store;
}

/** The store the options ask for. */
export async function makeApiKeyStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<ApiKeyStore> {
  const { apiKeys, dataDirectory } = settings;
  if (apiKeys === false) return new NoApiKeys();
  const { store } = apiKeys;
  if (!store) return apiKeysIn(dataDirectory);
  return typeof store === 'function' ? moduleRef.create(store) : store;
}

/** Stands in where API keys are turned off. */
export class NoApiKeys extends ApiKeyStore {
  override async find(): Promise<undefined> {
    return undefined;
  }

  override async list(): Promise<never> {
    throw turnedOff();
  }

  override async add(): Promise<never> {
    throw turnedOff();
  }

  override async revoke(): Promise<never> {
    throw turnedOff();
  }

  override async touch(): Promise<void> {}
}

function turnedOff(): MillraceError {
  return new MillraceError('NOT_IMPLEMENTED', 'API keys are turned off here');
}
