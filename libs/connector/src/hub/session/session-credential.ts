import type { Authenticator, CredentialContext, Principal } from '@millrace/core/security';
import { textAt, type OperationMessage } from '../../protocol/messages.js';

/**
 * What a session authenticated with, kept so that it can be checked again (connector#78). It sits in a private field:
 * no string form, log line or error shows it.
 */
export class SessionCredential {
  readonly #verify: () => Promise<Principal>;

  private constructor(
    verify: () => Promise<Principal>,
    readonly kind: 'token' | 'password',
  ) {
    this.#verify = verify;
  }

  /** The credential of a `validate` or `authenticate` message (connector§4.2). */
  static of(
    { op, object }: OperationMessage,
    authenticator: Authenticator,
    context: CredentialContext,
  ): SessionCredential {
    if (op === 'authenticate') {
      const [username, password] = [textAt(object, 'username') ?? '', textAt(object, 'password') ?? ''];
      return new SessionCredential(() => authenticator.authenticatePassword(username, password, context), 'password');
    }
    const token = typeof object === 'string' ? object : '';
    return new SessionCredential(() => authenticator.authenticate(token, context), 'token');
  }

  /** @throws what the authenticator throws */
  verify(): Promise<Principal> {
    return this.#verify();
  }
}
