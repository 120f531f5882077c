import { Inject, Injectable } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { Authenticator, type CredentialContext, type Principal } from '@millrace/core/security';
import { AUTH_SETTINGS } from '../auth.constants.js';
import { parseApiKey } from '@millrace/accounts/keys';
import { InsecureApiKeyError, invalidToken } from '../engine/auth.errors.js';
import { LoginAttempts } from '../engine/login-attempts.js';
import type { AuthSettings } from '../auth.options.js';
import { LoginLimits } from '../api/login-limits.js';
import { TokenService } from '../api/token.service.js';
import { type User, UserStore } from '../api/user-store.js';
import type { CredentialVerifier } from '../engine/credential-verifier.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { DevelopmentTokens } from './development-tokens.js';

/** Implements core's port: checks credentials for the guard, and for protocols that log in by a message of their own. */
@Injectable()
export class MillraceAuthenticator extends Authenticator {
  /** Asked in this order: tokens come last, since they accept every text. */
  private readonly verifiers: readonly CredentialVerifier[];
  private readonly keysAreOn: boolean;
  private readonly attempts: LoginAttempts | undefined;

  constructor(
    apiKeys: ApiKeyVerifier,
    developmentTokens: DevelopmentTokens,
    private readonly tokens: TokenService,
    @Inject(UserStore) private readonly users: UserStore,
    limits: LoginLimits,
    @Inject(AUTH_SETTINGS) settings: AuthSettings,
  ) {
    super();
    this.verifiers = [apiKeys, developmentTokens, tokens];
    this.keysAreOn = settings.apiKeys !== false;
    this.attempts = settings.throttle ? new LoginAttempts(limits, settings.throttle) : undefined;
  }

  override async authenticate(credential: string, context: CredentialContext): Promise<Principal> {
    const verifier = this.verifiers.find((candidate) => candidate.accepts(credential));
    if (!verifier) throw invalidToken();
    return verifier.verify(credential, context);
  }

  override async authenticatePassword(
    username: string,
    password: string,
    { secure, address = '' }: CredentialContext,
  ): Promise<Principal> {
    this.refuseKeyAsPassword(password, secure);
    const attempt = await this.attempts?.begin(address, username);
    // The answer does not wait for it; where it fails, one attempt too many is counted.
    const takeBack = (): unknown => attempt?.().catch(() => undefined);
    // Asynchronous, as the store of a host may throw at once.
    const verify = async (): Promise<User | undefined> => this.users.verify(username, password);
    const principal = await this.tokens.principalOf(verify).catch((error: unknown) => {
      // A store out of reach says nothing about the password.
      takeBack();
      throw error;
    });
    if (!principal) throw new MillraceError('UNAUTHENTICATED', 'Incorrect username or password');
    takeBack();
    return principal;
  }

  /** A key in place of a password opens nothing; if it came unencrypted, its user must hear that it is known now. */
  private refuseKeyAsPassword(password: string, secure: boolean): void {
    if (!secure && this.keysAreOn && parseApiKey(password)) throw new InsecureApiKeyError();
  }
}
