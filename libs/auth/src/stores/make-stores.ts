import type { ModuleRef } from '@nestjs/core';
import { OptionsError } from '@millrace/core/options';
import { AUTH_OPTIONS, type AuthSettings } from '../auth.options.js';
import { developmentUsers } from './development-users.js';
import { usersIn } from './file-users.js';
import type { UserStore } from '../api/user-store.js';

/** The store the options ask for. @throws OptionsError when it is one of development and this is production */
export async function makeUserStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<UserStore> {
  const { users, production, dataDirectory } = settings;
  if (!users) return production ? usersIn(dataDirectory) : developmentUsers();
  const store = typeof users === 'function' ? await moduleRef.create(users) : users;
  if (production && store.developmentOnly) {
    throw new OptionsError(
      AUTH_OPTIONS.name,
      'users',
      'is a store of development (password equals name); production needs fileUsers() or a class of your own',
    );
  }
  return store;
}
