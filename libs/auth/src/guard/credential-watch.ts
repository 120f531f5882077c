import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { startInterval, type Timer } from '@millrace/protocol';
import { LiveConnections, type Principal } from '@millrace/core/security';
import type { RevocableCredentials } from '../engine/revocable-credentials.js';
import { CredentialRevokedError } from '../engine/auth.errors.js';
import { ApiKeyChecks } from './api-key-checks.js';
import { RevokedTokens } from './revoked-tokens.js';

/**
 * Closes live sockets and cuts HTTP answers under way whose token or API key was revoked, by this process or another. (Those
 * whose credential runs out end by themselves.) While a store cannot be reached, they stay.
 */
@Injectable()
export class CredentialWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly kinds: readonly RevocableCredentials[];
  private timers: Timer[] = [];

  constructor(
    keys: ApiKeyChecks,
    tokens: RevokedTokens,
    private readonly live: LiveConnections,
  ) {
    this.kinds = [keys, tokens];
  }

  onApplicationBootstrap(): void {
    this.timers = this.kinds.flatMap((kind) => {
      if (kind.recheckInterval === undefined) return [];
      return [startInterval(() => void kind.recheck().then(() => this.endRevoked(kind)), kind.recheckInterval).unref()];
    });
  }

  beforeApplicationShutdown(): void {
    for (const timer of this.timers) timer.stop();
  }

  /** @throws CredentialRevokedError when the credential was revoked, as far as is known */
  async assertHolds(principal: Principal): Promise<void> {
    const kind = this.kinds.find((candidate) => candidate.concerns(principal));
    if (kind && !(await kind.holds(principal))) throw new CredentialRevokedError(principal);
  }

  /** Ends what lives by credentials that are known to be revoked. */
  async endRevoked(kind?: RevocableCredentials): Promise<void> {
    const kinds = kind ? [kind] : this.kinds;
    await Promise.all(
      [...this.live].map(async (connection) => {
        const { principal } = connection;
        const concerned = principal && kinds.find((candidate) => candidate.concerns(principal));
        if (!concerned || (await concerned.holds(principal))) return;
        connection.fail(new CredentialRevokedError(principal));
      }),
    );
  }
}
