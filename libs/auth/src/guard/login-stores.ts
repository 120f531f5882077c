import { Shutdown } from '@millrace/core/shutdown';
import { Inject, Injectable } from '@nestjs/common';
import { LoginLimits } from '../api/login-limits.js';
import { UserStore } from '../api/user-store.js';

/** Closes with the application what logins work with. */
@Injectable()
export class LoginStores {
  constructor(@Inject(UserStore) users: UserStore, limits: LoginLimits, shutdown: Shutdown) {
    shutdown.add({ name: 'store of users', close: () => users.close?.() });
    shutdown.add({ name: 'limit of logins', close: () => limits.close?.() });
  }
}
