import { Shutdown } from '@millrace/core/shutdown';
import { Inject, Injectable } from '@nestjs/common';
import { LoginLimits } from '../api/login-limits.js';
import { ManagedUserStore, UserStore } from '../api/user-store.js';

/** Closes with the application what logins work with. */
@Injectable()
export class LoginStores {
  constructor(
    @Inject(UserStore) users: UserStore,
    @Inject(ManagedUserStore) managed: ManagedUserStore,
    limits: LoginLimits,
    shutdown: Shutdown,
  ) {
    for (const store of new Set<UserStore>([users, managed]))
      shutdown.add({ name: 'store of users', close: () => store.close?.() });
    shutdown.add({ name: 'limit of logins', close: () => limits.close?.() });
  }
}
