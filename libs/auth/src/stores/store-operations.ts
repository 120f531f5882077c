import { Inject, Injectable } from '@nestjs/common';
import { OperationsRegistry } from '@millrace/core/ops';
import { ApiKeyStore } from '../api/api-key-store.js';
import { LoginLimits } from '../api/login-limits.js';
import { TokenRevocations } from '../api/token-revocations.js';
import { ManagedUserStore, UserStore } from '../api/user-store.js';

/** Hands on what the stores say of themselves to those who operate the service. */
@Injectable()
export class StoreOperations {
  constructor(
    operations: OperationsRegistry,
    keys: ApiKeyStore,
    revocations: TokenRevocations,
    @Inject(UserStore) users: UserStore,
    @Inject(ManagedUserStore) managed: ManagedUserStore,
    limits: LoginLimits,
  ) {
    for (const { operations: part } of new Set([keys, revocations, users, managed, limits]))
      if (part) operations.add(part);
  }
}
