import {
  Controller,
  Header,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { queryOf, RawBody, rawRequestOf } from '@millrace/core/http';
import { AccessArea, BrowserOrigins, ConnectionSecurity, Public } from '@millrace/core/security';
import { TokenService } from '../api/token.service.js';
import { UserStore } from '../api/user-store.js';
import { AUTH_AREA, AUTH_SETTINGS } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { wrongPassword } from '../engine/auth.errors.js';
import { findCredential } from '../engine/bearer-credential.js';
import { readLoginForm } from './login-form.js';
import { LoginThrottlerGuard } from './login-throttler.guard.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';
import { cameByTls, endedCookie, readCookieAge, tokenCookie } from './token-cookie.js';

/** Answer of `POST /token` (RFC 6749 section 5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'bearer';
}

/** `POST /token`: name and password for a token and a cookie (stream-store§2 #1 #2 #23); `POST /logout`: its end. */
@Controller({ version: VERSION_NEUTRAL })
@Public()
@AccessArea(AUTH_AREA)
@UseFilters(NoStoreExceptionFilter)
export class TokenController {
  constructor(
    @Inject(UserStore) private readonly users: UserStore,
    private readonly tokens: TokenService,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    rawBody: RawBody,
    private readonly security: ConnectionSecurity,
    private readonly origins: BrowserOrigins,
  ) {
    // Neither framework reads both kinds of forms by itself.
    rawBody.claim((method, path) => method === 'POST' && /^\/(token|logout)\/?$/.test(path), settings);
  }

  @Post('token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @UseGuards(LoginThrottlerGuard)
  async create(@Req() request: object, @Res({ passthrough: true }) response: object): Promise<TokenResponse> {
    const maxAge = readCookieAge(queryOf(request).get('exp'));
    const { username, password } = await readLoginForm(request);
    const issued = await this.tokens.issueTo(() => this.users.verify(username, password));
    if (!issued) throw wrongPassword();
    const { token } = issued;
    const { cookie } = this.settings;
    if (cookie) {
      const value = tokenCookie(token, maxAge, cameByTls(request, this.security), cookie);
      this.host.httpAdapter.setHeader(response, 'Set-Cookie', value);
    }
    return { access_token: token, token_type: 'bearer' };
  }

  /**
   * Ends the cookie, and then its token: a copy of the cookie opens nothing either. Who has none, or one that has run out, is
   * logged out too. A body is left unread.
   */
  @Post('logout')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async end(@Req() request: object, @Res({ passthrough: true }) response: object): Promise<void> {
    const { cookie } = this.settings;
    // A page that may not use the cookie does not end it either.
    if (!cookie || !this.origins.mayUseCookie(request)) return;
    this.host.httpAdapter.setHeader(response, 'Set-Cookie', endedCookie(cameByTls(request, this.security), cookie));
    const token = findCredential({ headers: { cookie: rawRequestOf(request).headers.cookie } }, true);
    if (token) await this.tokens.revoke(token);
  }
}
