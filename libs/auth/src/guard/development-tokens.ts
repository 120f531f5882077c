import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@millrace/core/security';
import { AUTH_SETTINGS, DEVELOPMENT_TOKEN_METHOD } from '../auth.constants.js';
import { invalidToken } from '../engine/auth.errors.js';
import type { CredentialVerifier } from '../engine/credential-verifier.js';
import type { AuthSettings } from '../auth.options.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets the exact strings of the option `developmentTokens` in. Digests are compared, so all comparisons cost the same. */
@Injectable()
export class DevelopmentTokens implements CredentialVerifier {
  private readonly digests: readonly Buffer[];

  constructor(@Inject(AUTH_SETTINGS) settings: AuthSettings) {
    this.digests = settings.production ? [] : settings.developmentTokens.map(digest);
  }

  accepts(credential: string): boolean {
    if (this.digests.length === 0) return false;
    const given = digest(credential);
    let found = false;
    for (const known of this.digests) found = timingSafeEqual(known, given) || found;
    return found;
  }

  async verify(credential: string): Promise<Principal> {
    if (!this.accepts(credential)) throw invalidToken();
    return { subject: 'development', scopes: ['*'], method: DEVELOPMENT_TOKEN_METHOD };
  }
}
