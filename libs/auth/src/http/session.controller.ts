import { Controller, Get, Header, Req, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { type Principal, RequireScopes } from '@millrace/core/security';
import type { CallerSession } from '@millrace/protocol';
import { API_KEY_METHOD, DEVELOPMENT_TOKEN_METHOD } from '../auth.constants.js';
import { callerOf } from './caller-of.js';
import { NoStoreExceptionFilter } from './no-store-exception.filter.js';

/** `GET /token`: whose credential a request carries, whichever it is. It has no area, so that no option can open it. */
@Controller({ path: 'token', version: VERSION_NEUTRAL })
@RequireScopes()
@UseFilters(NoStoreExceptionFilter)
export class SessionController {
  @Get()
  @Header('Cache-Control', 'no-store')
  read(@Req() request: object): CallerSession {
    return sessionOf(callerOf(request));
  }
}

function sessionOf(principal: Principal): CallerSession {
  const { subject, scopes, expiresAt, token } = principal;
  const kind = kindOf(principal);
  const id = kind === 'key' ? subject : token?.id;
  const expires = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
  return { subject, kind, scopes, expires, ...(id === undefined ? {} : { id }) };
}

/** A host may bring an authenticator of its own, whose credentials are neither. */
function kindOf({ method, token }: Principal): CallerSession['kind'] {
  if (method === API_KEY_METHOD) return 'key';
  return token || method === DEVELOPMENT_TOKEN_METHOD ? 'token' : 'other';
}
