import type { Principal } from './principal.js';

/** What is known of the connection that a credential came by. */
export interface CredentialContext {
  /** Whether the connection is encrypted (see `ConnectionSecurity`); API keys are accepted only then. */
  readonly secure: boolean;
  /** Address of the client (see `ConnectionSecurity`); wrong passwords are counted by it. */
  readonly address?: string | undefined;
}

/**
 * Says whose a credential is: for the guard, which finds it on a request or handshake, and for protocols that log in by a
 * message of their own.
 * Bound to this token by `AuthModule`; a host application may bind a class of its own. Modules inject it `@Optional()`.
 *
 * @publicApi
 */
export abstract class Authenticator {
  /**
   * @throws MillraceError with code `UNAUTHENTICATED` when the credential does not verify, `FORBIDDEN` when it may not be
   *   used on this connection
   */
  abstract authenticate(credential: string, context: CredentialContext): Promise<Principal>;

  /** @throws MillraceError with code `UNAUTHENTICATED` when name and password do not match */
  abstract authenticatePassword(username: string, password: string, context: CredentialContext): Promise<Principal>;
}
