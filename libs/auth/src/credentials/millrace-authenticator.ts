import { Inject, Injectable } from '@nestjs/common';
import { Authenticator, type CredentialContext, MillraceError, type Principal } from '@millrace/core';
import { AUTH_SETTINGS, CREDENTIAL_VERIFIERS } from '../auth.constants.js';
import { PasswordAttempts } from '../login/password-attempts.js';
import type { AuthSettings } from '../options/auth-options.schema.js';
import { TokenService } from '../tokens/token.service.js';
import { UserStore } from '../users/user-store.js';
import { invalidToken } from './challenges.js';
import type { CredentialVerifier } from './credential-verifier.js';

/** Core's port, for whoever has a credential in hand: the guard, and protocols which log in by a message of their own. */
@Injectable()
export class MillraceAuthenticator extends Authenticator {
  private readonly attempts: PasswordAttempts | undefined;

  constructor(
    @Inject(CREDENTIAL_VERIFIERS) private readonly verifiers: readonly CredentialVerifier[],
    @Inject(UserStore) private readonly users: UserStore,
    private readonly tokens: TokenService,
    @Inject(AUTH_SETTINGS) { throttle }: AuthSettings,
  ) {
    super();
    this.attempts = throttle ? new PasswordAttempts(throttle) : undefined;
  }

  override async authenticate(credential: string, context: CredentialContext): Promise<Principal> {
    const verifier = this.verifiers.find((candidate) => candidate.accepts(credential));
    if (!verifier) throw invalidToken();
    return verifier.verify(credential, context);
  }

  override async authenticatePassword(username: string, password: string): Promise<Principal> {
    const takeBack = this.attempts?.begin(username);
    const user = await this.users.verify(username, password).catch((error: unknown) => {
      // A store out of reach says nothing about the password.
      takeBack?.();
      throw error;
    });
    if (!user) throw new MillraceError('UNAUTHENTICATED', 'Incorrect username or password');
    takeBack?.();
    return { ...this.tokens.principalFor(user), method: 'password' };
  }
}
