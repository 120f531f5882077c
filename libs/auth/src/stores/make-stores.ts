import { ApiKeyFile, RevokedTokensFile, UserFile } from '@millrace/accounts';
import type { ModuleRef } from '@nestjs/core';
import { MillraceError } from '@millrace/core/errors';
import type { ApiKeyStore } from '../api/api-key-store.js';
import type { LoginLimits } from '../api/login-limits.js';
import type { TokenRevocations } from '../api/token-revocations.js';
import { ManagedUserStore, type UserStore } from '../api/user-store.js';
import { optionError, type AuthSettings } from '../auth.options.js';
import { developmentUsers } from './development-users.js';
import { storeOf } from './file-api-keys.js';
import { revocationsIn } from './file-token-revocations.js';
import { FileUsers } from './file-users.js';
import { memoryLoginLimits } from './memory-login-limits.js';

/** The store the options ask for. @throws OptionsError when it is one of development and this is production */
export async function makeUserStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<UserStore> {
  const { users, production, dataDirectory } = settings;
  if (!users) return production ? new FileUsers(UserFile.in(dataDirectory)) : developmentUsers();
  const store = typeof users === 'function' ? await moduleRef.create(users) : users;
  if (production && store.developmentOnly) {
    throw optionError(
      'users',
      'is a store of development (password equals name); production needs fileUsers(), redisUsers() or a class of your own',
    );
  }
  return store;
}

/** The store of `/users` that the options ask for. @param users store of the logins */
export async function makeManagedUsers(
  { managedUsers }: AuthSettings,
  users: UserStore,
  moduleRef: ModuleRef,
): Promise<ManagedUserStore> {
  if (managedUsers) return typeof managedUsers === 'function' ? moduleRef.create(managedUsers) : managedUsers;
  return users instanceof ManagedUserStore ? users : NO_MANAGED_USERS;
}

/** The store the options ask for. */
export async function makeApiKeyStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<ApiKeyStore> {
  const { apiKeys, dataDirectory } = settings;
  if (apiKeys === false) return NO_API_KEYS;
  const { store } = apiKeys;
  if (!store) return storeOf(ApiKeyFile.in(dataDirectory));
  return typeof store === 'function' ? moduleRef.create(store) : store;
}

/** The store the options ask for. */
export async function makeTokenRevocations(settings: AuthSettings, moduleRef: ModuleRef): Promise<TokenRevocations> {
  const { revocations, dataDirectory } = settings;
  const { store } = revocations;
  if (!store) return revocationsIn(RevokedTokensFile.in(dataDirectory));
  return typeof store === 'function' ? moduleRef.create(store) : store;
}

/** The limits the options ask for. */
export async function makeLoginLimits({ throttle }: AuthSettings, moduleRef: ModuleRef): Promise<LoginLimits> {
  const { store } = throttle || {};
  if (!store) return memoryLoginLimits();
  return typeof store === 'function' ? moduleRef.create(store) : store;
}

async function keptElsewhere(): Promise<never> {
  throw new MillraceError(
    'NOT_IMPLEMENTED',
    'The users of this server are kept elsewhere: its store of users is not a ManagedUserStore, and the option managedUsers names none',
  );
}

/** Stands in where users are only asked for. */
const NO_MANAGED_USERS: ManagedUserStore = {
  revocations: { list: async () => [] },
  verify: async () => undefined,
  list: keptElsewhere,
  add: keptElsewhere,
  setScopes: keptElsewhere,
  remove: keptElsewhere,
};

async function turnedOff(): Promise<never> {
  throw new MillraceError('NOT_IMPLEMENTED', 'API keys are turned off here');
}

/** Stands in where API keys are turned off. */
const NO_API_KEYS: ApiKeyStore = {
  find: async () => undefined,
  list: turnedOff,
  add: turnedOff,
  revoke: turnedOff,
  touch: async () => undefined,
};
