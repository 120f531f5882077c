import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { Authenticator, type CredentialContext, MillraceError, type Principal } from '@millrace/core';
import { AUTH_SETTINGS, CREDENTIAL_VERIFIERS, LOGIN_ATTEMPTS } from '../auth.constants.js';
import { tooManyAttempts } from '../login/login-error.js';
import type { AuthSettings } from '../options/auth-options.schema.js';
import { TokenService } from '../tokens/token.service.js';
import { UserStore } from '../users/user-store.js';
import { invalidToken } from './challenges.js';
import type { CredentialVerifier } from './credential-verifier.js';

const COUNTER = 'millrace-password';

/** Core's port, for whoever has a credential in hand: the guard, and protocols which log in by a message of their own. */
@Injectable()
export class MillraceAuthenticator extends Authenticator {
  constructor(
    @Inject(CREDENTIAL_VERIFIERS) private readonly verifiers: readonly CredentialVerifier[],
    @Inject(UserStore) private readonly users: UserStore,
    @Inject(LOGIN_ATTEMPTS) private readonly attempts: ThrottlerStorageService,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
    private readonly tokens: TokenService,
  ) {
    super();
  }

  override async authenticate(credential: string, context: CredentialContext): Promise<Principal> {
    const verifier = this.verifiers.find((candidate) => candidate.accepts(credential));
    if (!verifier) throw invalidToken();
    return verifier.verify(credential, context);
  }

  override async authenticatePassword(username: string, password: string): Promise<Principal> {
    await this.countAttempt(username);
    const user = await this.users.verify(username, password);
    if (!user) throw new MillraceError('UNAUTHENTICATED', 'Incorrect username or password');
    return { ...this.tokens.principalFor(user), method: 'password' };
  }

  /** Who asks is not known here, so the attempts at one name are counted. */
  private async countAttempt(username: string): Promise<void> {
    const { throttle } = this.settings;
    if (!throttle) return;
    const key = createHash('sha256').update(username).digest('base64url');
    const { limit, ttl } = throttle;
    const { isBlocked, timeToBlockExpire } = await this.attempts.increment(key, ttl, limit, ttl, COUNTER);
    if (isBlocked) throw tooManyAttempts(timeToBlockExpire);
  }
}
