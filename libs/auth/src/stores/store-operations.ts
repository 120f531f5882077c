import { Injectable } from '@nestjs/common';
import { OperationsRegistry } from '@millrace/core/ops';
import { ApiKeyStore } from '../api/api-key-store.js';
import { TokenRevocations } from '../api/token-revocations.js';

/** Hands on what the stores say of themselves to those who operate the service. */
@Injectable()
export class StoreOperations {
  constructor(operations: OperationsRegistry, keys: ApiKeyStore, revocations: TokenRevocations) {
    for (const store of [keys, revocations]) if (store.operations) operations.add(store.operations);
  }
}
