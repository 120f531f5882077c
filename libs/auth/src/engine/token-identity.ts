import { createHash } from 'node:crypto';
import { MAX_TOKEN_ID_LENGTH } from '@millrace/accounts/tokens';
import type { TokenIdentity } from '@millrace/core/security';

/**
 * Claim of our own tokens: which revocations of the user's earlier tokens the issuer knew. Times would not do: a token of the
 * same second may be of before or of after, and the clocks of two instances differ.
 */
export const EPOCHS_CLAIM = 'mr_epochs';

interface Issuer {
  /** Whether this server can sign with the key of the token, so that it knows what the claims mean. */
  readonly isOurs: boolean;
  /** Milliseconds by which the clock of another issuer may be ahead. */
  readonly clockTolerance: number;
}

/** What tells a verified token from others. */
export function identityOf(
  token: string,
  claims: Readonly<Record<string, unknown>>,
  { isOurs, clockTolerance }: Issuer,
): TokenIdentity {
  const { jti, iat, [EPOCHS_CLAIM]: epochs } = claims;
  const identity = {
    id: isTokenId(jti) ? jti : digestOf(token),
    epochs: Array.isArray(epochs) ? epochs.filter((epoch): epoch is string => typeof epoch === 'string') : [],
  };
  if ((isOurs && Array.isArray(epochs)) || typeof iat !== 'number') return identity;
  return { ...identity, issuedAt: iat * 1000 - clockTolerance };
}

function isTokenId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN_ID_LENGTH;
}

/** Of what is signed, and not of the signature: some signatures can be written in several ways. */
function digestOf(token: string): string {
  const signed = token.slice(0, token.lastIndexOf('.'));
  return `sha256-${createHash('sha256').update(signed).digest('hex')}`;
}
