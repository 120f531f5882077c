import {
  Controller,
  Delete,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Req,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { parseForm, queryOf, RawBody, rawRequestOf, takeBody } from '@millrace/core/http';
import { assertScope, type Principal, Public, RequireScopes } from '@millrace/core/security';
import { TokenService } from '../api/token.service.js';
import { API_KEY_METHOD, AUTH_SETTINGS, USERS_SCOPE } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { findCredential } from '../engine/bearer-credential.js';
import { callerOf } from './caller-of.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';

/** A form with one token is small; more is refused with 413. */
const MAX_BODY_BYTES = 65_536;

/** Ends tokens. It has no area, so that no option can open it. */
@Controller({ version: VERSION_NEUTRAL })
@UseFilters(NoStoreExceptionFilter)
export class RevocationsController {
  constructor(
    private readonly tokens: TokenService,
    rawBody: RawBody,
    @Inject(AUTH_SETTINGS) settings: AuthSettings,
  ) {
    rawBody.claim((method, path) => method === 'POST' && /^\/token\/revoke\/?$/.test(path), settings);
  }

  /** Revokes the token of the form, or else that of the header. Who has a token may end it (RFC 7009). */
  @Post('token/revoke')
  @HttpCode(200)
  @Public()
  @Header('Cache-Control', 'no-store')
  async revoke(@Req() request: object): Promise<object> {
    const fields = await parseForm(await takeBody(request, MAX_BODY_BYTES)).catch(() => new Map<string, string>());
    const { authorization } = rawRequestOf(request).headers;
    const token = fields.get('token') || findCredential({ headers: { authorization } }, false);
    if (!token) throw noToken();
    // RFC 7009 section 2.2: a token that does not count anyway is answered alike.
    await this.tokens.revoke(token);
    return {};
  }

  /** Revokes all tokens of a user: one's own, or anybody's with the scope `users:admin`. */
  @Delete('tokens')
  @HttpCode(204)
  @RequireScopes()
  async revokeOfUser(@Req() request: object): Promise<void> {
    const principal = callerOf(request);
    const user = queryOf(request).get('user');
    if (!user)
      throw new MillraceError('BAD_REQUEST', 'The query parameter "user" is missing; say whose tokens to revoke');
    if (!isUser(principal, user)) assertScope(principal, USERS_SCOPE);
    await this.tokens.revokeTokensOf(user, principal);
  }

  /** Revokes one token by its id (`jti`): one's own, or anybody's with the scope `users:admin`. */
  @Delete('tokens/:id')
  @HttpCode(204)
  @RequireScopes()
  async revokeById(@Req() request: object, @Param('id') id: string): Promise<void> {
    const principal = callerOf(request);
    if (principal.token?.id !== id) assertScope(principal, USERS_SCOPE);
    await this.tokens.revokeById(id, principal);
  }
}

/** The id of an API key is not the name of a user. */
function isUser({ method, subject }: Principal, user: string): boolean {
  return method !== API_KEY_METHOD && subject === user;
}

function noToken(): MillraceError {
  const text = 'There is no token to revoke; send it as the form field "token"';
  return new MillraceError('BAD_REQUEST', text, { fields: { error: 'invalid_request', error_description: text } });
}
