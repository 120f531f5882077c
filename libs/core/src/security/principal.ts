import { MillraceError } from '../errors/millrace.error.js';
import { hasScope } from '@millrace/protocol';

/** What tells a token from others, so that it can be revoked. */
export interface TokenIdentity {
  /** `jti`, or a digest of a token without; absent where a password was given in place of a token. */
  readonly id?: string;
  /** Which revocations of the user's earlier tokens its issuer knew. */
  readonly epochs: readonly string[];
  /** When another issuer made it, in milliseconds since 1970: such tokens are told by time. */
  readonly issuedAt?: number;
}

/** Who makes a request or a call, or holds a socket. */
export interface Principal {
  /** User name, or the id of an API key. */
  readonly subject: string;
  /** Granted scopes, see {@link scopeCovers}. */
  readonly scopes: readonly string[];
  /** Kind of the credential, for example `jwt` or `api-key`. */
  readonly method: string;
  /** When the credential runs out, in milliseconds since 1970; live sockets are closed then. */
  readonly expiresAt?: number;
  /** Of who came with a token. */
  readonly token?: TokenIdentity;
}

// A registered symbol: it survives a duplicated package.
const PRINCIPAL = Symbol.for('millrace:principal');

/** Writes the principal onto a request, socket or call. */
export function setPrincipal(carrier: object, principal: Principal): void {
  Object.defineProperty(carrier, PRINCIPAL, {
    value: principal,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

/** The principal of a request, socket or call; undefined where nothing is guarded. */
export function principalOf(carrier: unknown): Principal | undefined {
  if (typeof carrier !== 'object' || carrier === null) return undefined;
  return (carrier as { [PRINCIPAL]?: Principal })[PRINCIPAL];
}

/**
 * Throws 403 (close code 3003) unless the principal holds the scope. Without a principal the place is open: a guard
 * that closes it always leaves one.
 */
export function assertScope(principal: Principal | undefined, required: string): void {
  if (principal && !hasScope(principal.scopes, required)) {
    throw new MillraceError('FORBIDDEN', `The scope ${required} is needed`, {
      headers: {
        'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${required.replace(/[^\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`,
      },
    });
  }
}
