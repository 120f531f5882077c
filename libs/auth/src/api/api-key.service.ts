import { Injectable, Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { hasScope, type Principal } from '@millrace/core/security';
import { AccountError, type ApiKeyRecord, type CreatedApiKey, type NewApiKey } from '@millrace/accounts';
import { makeApiKey, recordOf } from '@millrace/accounts/keys';
import { ApiKeyStore } from './api-key-store.js';
import { ApiKeyChecks } from '../guard/api-key-checks.js';
import { CredentialWatch } from '../guard/credential-watch.js';

/**
 * Makes, lists and revokes API keys.
 *
 * @example
 * ```ts
 * const { key, record } = await apiKeys.create({ name: 'weather station', scopes: ['streams:write:weather'], expires: '90d' });
 * ```
 * @publicApi
 */
@Injectable()
export class ApiKeyService {
  private readonly logger = new Logger('ApiKeys');

  constructor(
    private readonly store: ApiKeyStore,
    private readonly checks: ApiKeyChecks,
    private readonly watch: CredentialWatch,
  ) {}

  /**
   * Makes a key. What is returned holds it for the only time.
   *
   * @param creator on whose behalf; nobody can give what they do not hold
   * @throws MillraceError `INVALID` when name, a scope or the expiry cannot be taken; `FORBIDDEN` when a scope goes beyond the
   *   creator's; `CONFLICT` when the store is full
   */
  async create(key: NewApiKey, creator?: Principal): Promise<CreatedApiKey> {
    const { created, stored } = make(key);
    const beyond = creator && stored.scopes.find((scope) => !hasScope(creator.scopes, scope));
    if (beyond !== undefined) {
      throw new MillraceError('FORBIDDEN', `You do not hold the scope ${beyond}, so you cannot give it to a key`);
    }
    await this.store.add(stored);
    this.logger.log(`The API key ${stored.id} was made${by(creator)}`);
    return created;
  }

  /** All keys without their secrets, oldest first, those that have run out too. */
  async list(): Promise<ApiKeyRecord[]> {
    return (await this.store.list()).map(recordOf);
  }

  /** Revokes a key and closes the sockets that were opened with it; false when no key has that id. */
  async revoke(id: string, revoker?: Principal): Promise<boolean> {
    const revoked = await this.store.revoke(id);
    if (!revoked) return false;
    this.checks.revoked(id);
    await this.watch.endRevoked(this.checks);
    this.logger.log(`The API key ${id} was revoked${by(revoker)}`);
    return true;
  }
}

function make(key: NewApiKey): ReturnType<typeof makeApiKey> {
  try {
    return makeApiKey(key);
  } catch (error) {
    if (error instanceof AccountError) throw new MillraceError('INVALID', error.message);
    throw error;
  }
}

/** A subject may come from outside; it must not break the line of a log. */
function by(principal: Principal | undefined): string {
  return principal ? ` by ${JSON.stringify(principal.subject)}` : '';
}
