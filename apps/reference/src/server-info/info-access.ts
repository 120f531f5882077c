import { Authenticator, BrowserOrigins, ConnectionSecurity, MillraceError, rawRequestOf } from '@millrace/core';
import { Inject, Injectable } from '@nestjs/common';
import { type Settings, SETTINGS } from '../config/settings.js';

/**
 * The scheme `Bearer`, in any letter case, and a key behind it. Not another scheme, a bare key, an empty key, or a key with
 * more text behind it (connection-profiles#20).
 */
const FORM = /^bearer +([^\s,]+)$/i;

/**
 * Who may ask for the server's information: everybody, unless a key is required. A key which is there is looked at in any
 * case, so that who has a wrong one is told at once (connection-profiles#19 #20).
 */
@Injectable()
export class InfoAccess {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly security: ConnectionSecurity,
    private readonly origins: BrowserOrigins,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws MillraceError `UNAUTHENTICATED` for a missing or wrong key, `FORBIDDEN` for an API key without TLS, `UNKNOWN_HOST` */
  async check(request: object): Promise<void> {
    // Requests of gRPC do not come by the framework, which has asked this of all others.
    this.origins.assertHost(request);
    const { headers } = rawRequestOf(request);
    if (headers.authorization === undefined) {
      if (this.settings.requireApiKey) throw refused('An API key is needed: send "Authorization: Bearer <key>"');
      return;
    }
    const [, key] = FORM.exec(headers.authorization) ?? [];
    if (key === undefined) throw refused('The header "Authorization" is not of the form "Bearer <key>"');
    await this.authenticator.authenticate(key, { secure: this.security.isSecure(request) });
  }
}

function refused(message: string): MillraceError {
  return new MillraceError('UNAUTHENTICATED', message, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
