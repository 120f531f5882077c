import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { OptionsError } from '@millrace/core/options';
import type { AuthSettings } from '../options/auth-options.schema.js';
import { MODULE_NAME } from '../options/read-settings.js';
import { developmentUsers } from './development-users.js';
import { usersIn } from './file-users.js';
import type { UserStore } from '../api/user-store.js';

/** The store the options ask for. @throws OptionsError when it is one of development and this is production */
export async function makeUserStore(settings: AuthSettings, moduleRef: ModuleRef): Promise<UserStore> {
  const { users, production, dataDirectory } = settings;
  if (!users) return production ? usersIn(dataDirectory) : developmentUsers();
  const store = typeof users === 'function' ? await moduleRef.create(users as Type<UserStore>) : users;
  if (production && store.developmentOnly) {
    throw new OptionsError(
      MODULE_NAME,
      'users',
      'is a store of development (password equals name); production needs fileUsers() or a class of your own',
    );
  }
  return store;
}
