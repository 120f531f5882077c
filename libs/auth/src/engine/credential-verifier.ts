import type { CredentialContext, Principal } from '@millrace/core/security';

/**
 * One kind of bearer credential. The kinds are asked in order, and the first that accepts a credential decides about
 * it alone: further kinds go before the tokens, which accept every text.
 */
export interface CredentialVerifier {
  /** Whether the text looks like a credential of this kind. */
  accepts(credential: string): boolean;

  /** @throws MillraceError `UNAUTHENTICATED` when it does not verify, `FORBIDDEN` when it may not be used here */
  verify(credential: string, context: CredentialContext): Promise<Principal>;
}
