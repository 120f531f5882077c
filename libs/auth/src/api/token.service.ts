import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { Principal, TokenIdentity } from '@millrace/core/security';
import { AUTH_SETTINGS } from '../auth.constants.js';
import type { CredentialVerifier } from '../engine/credential-verifier.js';
import { invalidToken } from '../engine/auth.errors.js';
import type { AuthSettings } from '../auth.options.js';
import type { User } from './user-store.js';
import { CredentialWatch } from '../guard/credential-watch.js';
import { KeyRing } from '../guard/key-ring.js';
import { RevokedTokens } from '../guard/revoked-tokens.js';
import type { RevocationList } from '../engine/revocation-list.js';
import { EPOCHS_CLAIM, identityOf } from '../engine/token-identity.js';
import { VerifiedTokens } from '../engine/verified-tokens.js';
import { readTokenHeader } from '../engine/token-header.js';
import { scopesOf, writePayload, writeScopes } from '../engine/token-payload.js';

/** Longer tokens are refused unread; an HTTP header could not hold them anyway. */
const MAX_TOKEN_LENGTH = 16_384;

/** How much longer than its tokens a revocation is kept, in milliseconds: the clocks of instances differ. */
const SLACK_MS = 3_600_000;

/** A token and what it says. */
export interface IssuedToken {
  readonly token: string;
  readonly principal: Principal;
}

/** Who has just shown that they are somebody. */
type LoggedIn = Principal & { readonly expiresAt: number; readonly token: TokenIdentity };

/**
 * Issues, verifies and revokes the tokens of this application.
 *
 * @example
 * ```ts
 * await tokens.revokeTokensOf('alice'); // within 10 s on every instance: requests are refused, sockets are closed
 * ```
 * @publicApi
 */
@Injectable()
export class TokenService implements CredentialVerifier {
  private readonly logger = new Logger('Tokens');
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly keys: KeyRing,
    private readonly revoked: RevokedTokens,
    private readonly watch: CredentialWatch,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  /**
   * Issues a token to a user. What another process has revoked within the last seconds may end it; {@link issueTo} looks
   * before.
   *
   * @throws MillraceError `NOT_IMPLEMENTED` when no key can sign: this server only verifies tokens of another
   */
  issue(user: User): IssuedToken {
    return this.issueAfter(this.revoked.list, user);
  }

  /**
   * Issues a token to the user whom a check of a password gives. A revocation while it is checked ends the token too.
   *
   * @returns undefined when there is no user
   * @throws MillraceError `NOT_IMPLEMENTED` as {@link issue}; `UNAVAILABLE` when it cannot be looked up what is revoked
   */
  async issueTo(verify: () => Promise<User | undefined>): Promise<IssuedToken | undefined> {
    const revocations = await this.revoked.fresh();
    const user = await verify();
    return user && this.issueAfter(revocations, user);
  }

  /**
   * Lets the user whom a check of a password gives in for as long as a token lives, without a token.
   *
   * @returns undefined when there is no user
   * @throws MillraceError `UNAVAILABLE` when it cannot be looked up what is revoked
   */
  async principalOf(verify: () => Promise<User | undefined>): Promise<Principal | undefined> {
    const revocations = await this.revoked.fresh();
    const user = await verify();
    return user && { ...this.loggedIn(revocations, user), method: 'password' };
  }

  /** Every text that no other verifier accepted counts as a token. */
  accepts(): boolean {
    return true;
  }

  /**
   * Says whose a token is.
   *
   * @throws MillraceError `UNAUTHENTICATED` when the token does not verify, `CREDENTIAL_REVOKED` when it was revoked,
   *   `UNAVAILABLE` when that cannot be looked up
   */
  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalidToken();
    const principal = this.verified.get(token, () => this.check(token));
    if (!this.revoked.isCurrent) await this.revoked.assertCurrent();
    this.revoked.assertHolds(principal);
    return principal;
  }

  /**
   * Revokes a token. What lives by it ends at once here, and within 10 s on other instances.
   *
   * @returns false when it did not count anyway
   * @throws MillraceError `CONFLICT` when there are too many revoked tokens, `UNAVAILABLE` when it cannot be kept
   */
  async revoke(token: string): Promise<boolean> {
    const principal = await this.verify(token).catch((error: unknown) => {
      if (error instanceof MillraceError && error.getStatus() === 401) return undefined;
      throw error;
    });
    const { subject: user, token: { id } = {}, expiresAt } = principal ?? {};
    if (user === undefined || id === undefined) return false;
    await this.revoked.revoke({ token: id, user }, (expiresAt ?? this.lastEnd()) + SLACK_MS);
    await this.ended(`A token of ${JSON.stringify(user)} was revoked`);
    return true;
  }

  /** Revokes the token of that id (`jti`), which may not have been issued here. @throws MillraceError as {@link revoke} */
  async revokeById(id: string, revoker?: Principal): Promise<void> {
    await this.revoked.revoke({ token: id }, this.lastEnd() + SLACK_MS);
    await this.ended('A token was revoked by its id', revoker);
  }

  /**
   * Revokes all tokens that a user has until now, of any issuer. Those that the user gets from now on count.
   *
   * @throws MillraceError `UNAVAILABLE` when it cannot be kept
   */
  async revokeTokensOf(user: string, revoker?: Principal): Promise<void> {
    await this.revoked.revoke({ user }, this.lastEnd() + SLACK_MS);
    await this.ended(`The tokens of ${JSON.stringify(user)} were revoked`, revoker);
  }

  private async ended(what: string, revoker?: Principal): Promise<void> {
    this.logger.log(revoker ? `${what} by ${JSON.stringify(revoker.subject)}` : what);
    await this.watch.endRevoked();
  }

  /** When every token that there is now will have run out. */
  private lastEnd(): number {
    const { jwt, revocations } = this.settings;
    return Date.now() + Math.max(jwt.expiresIn, revocations.keepFor) + jwt.clockTolerance;
  }

  private issueAfter(revocations: RevocationList, user: User): IssuedToken {
    const { signing } = this.keys;
    if (!signing)
      throw new MillraceError(
        'NOT_IMPLEMENTED',
        'This server issues no tokens: it has public keys only. Log in where its tokens come from',
      );
    const { issuer, audience } = this.settings.jwt;
    const principal = this.loggedIn(revocations, user);
    const { epochs } = principal.token;
    const id = randomBytes(16).toString('hex');
    const payload = writePayload({
      sub: user.name,
      exp: principal.expiresAt / 1000,
      iat: Math.floor(Date.now() / 1000),
      jti: id,
      [EPOCHS_CLAIM]: epochs,
      scope: writeScopes(user.scopes),
      ...(issuer === undefined ? {} : { iss: issuer }),
      ...(audience === undefined ? {} : { aud: audience }),
    });
    // A buffer goes into the token as it is, and says nothing of its type by itself.
    const token = signing.jwt.sign(payload, { header: { alg: signing.algorithm, typ: 'JWT' } });
    return { token, principal: { ...principal, token: { id, epochs } } };
  }

  private loggedIn(revocations: RevocationList, { name, scopes }: User): LoggedIn {
    // Whole seconds, as a token says them.
    const expiresAt = Math.floor((Date.now() + this.settings.jwt.expiresIn) / 1000) * 1000;
    return {
      subject: name,
      scopes: [...scopes],
      method: 'jwt',
      expiresAt,
      token: { epochs: revocations.epochsOf(name) },
    };
  }

  private check(token: string): Principal {
    const { clockTolerance } = this.settings.jwt;
    const { claims, isOurs } = this.claimsOf(token);
    const { sub, exp } = claims;
    // A token without expiry or subject was not issued by this server.
    if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') throw invalidToken();
    return {
      subject: sub,
      scopes: scopesOf(claims),
      method: 'jwt',
      expiresAt: exp * 1000 + clockTolerance,
      token: identityOf(token, claims, { isOurs, clockTolerance }),
    };
  }

  private claimsOf(token: string): { readonly claims: Record<string, unknown>; readonly isOurs: boolean } {
    const header = readTokenHeader(token);
    const kid = header?.['kid'];
    if (!header || (kid !== undefined && typeof kid !== 'string')) throw invalidToken();
    const key = this.keys.find(kid, header['alg']);
    if (!key) throw invalidToken();
    try {
      return { claims: key.jwt.verify<Record<string, unknown>>(token), isOurs: key.signWith !== undefined };
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw invalidToken(error);
    }
  }
}
