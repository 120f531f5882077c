import { Shutdown } from '@millrace/core/shutdown';
import { Inject, Injectable } from '@nestjs/common';
import { UserStore } from '../api/user-store.js';

/** Closes with the application what logins work with. */
@Injectable()
export class LoginStores {
  constructor(@Inject(UserStore) users: UserStore, shutdown: Shutdown) {
    shutdown.add({ name: 'store of users', close: () => users.close?.() });
  }
}
