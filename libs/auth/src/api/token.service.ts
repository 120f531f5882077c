import { Inject, Injectable } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { Principal } from '@millrace/core/security';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { CredentialVerifier } from '../engine/credential-verifier.js';
import { invalidToken } from '../engine/auth.errors.js';
import type { AuthSettings } from '../auth.options.js';
import type { User } from './user-store.js';
import { KeyRing } from '../guard/key-ring.js';
import { VerifiedTokens } from '../engine/verified-tokens.js';
import { readTokenHeader } from '../engine/token-header.js';
import { scopesOf, writePayload, writeScopes } from '../engine/token-payload.js';

/** Longer tokens are refused unread; an HTTP header could not hold them anyway. */
const MAX_TOKEN_LENGTH = 16_384;

/** A token and what it says. */
export interface IssuedToken {
  readonly token: string;
  readonly principal: Principal;
}

/**
 * Issues and verifies the tokens of this application.
 *
 * @publicApi
 */
@Injectable()
export class TokenService implements CredentialVerifier {
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly keys: KeyRing,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  /** @throws MillraceError `NOT_IMPLEMENTED` when no key can sign: this server only verifies tokens of another */
  issue(user: User): IssuedToken {
    const { signing } = this.keys;
    if (!signing)
      throw new MillraceError(
        'NOT_IMPLEMENTED',
        'This server issues no tokens: it has public keys only. Log in where its tokens come from',
      );
    const { issuer, audience } = this.settings.jwt;
    const principal = this.principalFor(user);
    const payload = writePayload({
      sub: user.name,
      exp: principal.expiresAt / 1000,
      scope: writeScopes(user.scopes),
      ...(issuer === undefined ? {} : { iss: issuer }),
      ...(audience === undefined ? {} : { aud: audience }),
    });
    // A buffer goes into the token as it is, and says nothing of its type by itself.
    const token = signing.jwt.sign(payload, { header: { alg: signing.algorithm, typ: 'JWT' } });
    return { token, principal };
  }

  /** Who a user is from now on, for as long as a token lives. */
  principalFor({ name, scopes }: User): Principal & { readonly expiresAt: number } {
    // Whole seconds, as a token says them.
    const expiresAt = Math.floor((Date.now() + this.settings.jwt.expiresIn) / 1000) * 1000;
    return { subject: name, scopes: [...scopes], method: 'jwt', expiresAt };
  }

  /** Every text that no other verifier accepted counts as a token. */
  accepts(): boolean {
    return true;
  }

  /** @throws MillraceError `UNAUTHENTICATED` when the token does not verify */
  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalidToken();
    return this.verified.get(token, () => this.check(token));
  }

  private check(token: string): Principal {
    const { sub, exp, ...rest } = this.claimsOf(token);
    // A token without expiry or subject was not issued by this server.
    if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') throw invalidToken();
    const expiresAt = exp * 1000 + this.settings.jwt.clockTolerance;
    return { subject: sub, scopes: scopesOf(rest), method: 'jwt', expiresAt };
  }

  private claimsOf(token: string): Record<string, unknown> {
    const header = readTokenHeader(token);
    const kid = header?.['kid'];
    if (!header || (kid !== undefined && typeof kid !== 'string')) throw invalidToken();
    const key = this.keys.find(kid, header['alg']);
    if (!key) throw invalidToken();
    try {
      return key.jwt.verify<Record<string, unknown>>(token);
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw invalidToken(error);
    }
  }
}
