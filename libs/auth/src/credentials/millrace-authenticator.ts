import { Inject, Injectable } from '@nestjs/common';
import { Authenticator, type CredentialContext, MillraceError, type Principal } from '@millrace/core';
import { CREDENTIAL_VERIFIERS } from '../auth.constants.js';
import { LoginService } from '../login/login.service.js';
import { invalidToken } from './challenges.js';
import type { CredentialVerifier } from './credential-verifier.js';

/** Core's port, for whoever has a credential in hand: the guard, and protocols which log in by a message of their own. */
@Injectable()
export class MillraceAuthenticator extends Authenticator {
  constructor(
    @Inject(CREDENTIAL_VERIFIERS) private readonly verifiers: readonly CredentialVerifier[],
    private readonly logins: LoginService,
  ) {
    super();
  }

  override async authenticate(credential: string, context: CredentialContext): Promise<Principal> {
    const verifier = this.verifiers.find((candidate) => candidate.accepts(credential));
    if (!verifier) throw invalidToken();
    return verifier.verify(credential, context);
  }

  override async authenticatePassword(username: string, password: string): Promise<Principal> {
    const principal = await this.logins.login(username, password);
    if (!principal) throw new MillraceError('UNAUTHENTICATED', 'Incorrect username or password');
    return principal.principal;
  }
}
