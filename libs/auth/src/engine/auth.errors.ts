import { MillraceError } from '@millrace/core/errors';
import type { Principal } from '@millrace/core/security';
import { API_KEY_METHOD } from '../auth.constants.js';

/** 401: the request came without a credential (stream-store§2). */
export function notAuthenticated(): MillraceError {
  return new MillraceError('UNAUTHENTICATED', 'Not authenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** 401: there was a credential, and it does not verify (RFC 6750 section 3.1). Why stays with us. */
export function invalidToken(cause?: unknown): MillraceError {
  return new MillraceError('UNAUTHENTICATED', 'Could not validate credentials', {
    cause,
    headers: invalidBearer('The token is malformed, expired or not signed by this server'),
  });
}

/** 401: the credential of a live connection ran out. */
export function expiredCredential({ method }: Principal): MillraceError {
  const text = `The ${method === API_KEY_METHOD ? 'API key' : 'token'} ran out`;
  return new MillraceError('TOKEN_EXPIRED', text, { headers: invalidBearer(text) });
}

/**
 * 403: an API key came over a connection that is not encrypted. It is not looked up: who listens has it now, so its holder must
 * revoke it.
 */
export class InsecureApiKeyError extends MillraceError {
  constructor() {
    super(
      'FORBIDDEN',
      'API keys are accepted on TLS connections only. This one is not encrypted: revoke the key, and use https or wss',
    );
  }
}

/** 401: a key is unknown, wrong, revoked or has run out. The answer does not say which. */
export function invalidApiKey(): MillraceError {
  return new MillraceError('UNAUTHENTICATED', 'Could not validate credentials', {
    headers: invalidBearer('The API key is unknown, revoked or has run out'),
  });
}

/** 401 and close code 3000: the token or key was revoked. */
export class CredentialRevokedError extends MillraceError {
  constructor({ method }: Principal) {
    const text = `The ${method === API_KEY_METHOD ? 'API key' : 'token'} was revoked`;
    // To a request this is a token that does not verify, as any other (stream-store§2).
    super('CREDENTIAL_REVOKED', text, { detail: 'Could not validate credentials', headers: invalidBearer(text) });
  }
}

/** A call carries nothing that says whose it is: the guard refuses it, and the error says what can be done. */
export function noCarrier(type: string, isJsonRpc = false): MillraceError {
  const remedies: Readonly<Record<string, string>> = {
    // Every route is of this type: letting it through would open them all.
    http: 'mark the handler @Public()',
    ws: 'serve the gateway by MillraceWsAdapter (or socket.io), which keeps the handshake',
    'json-rpc': 'mark the method @Public(), or open all methods by the option public: true of RpcModule',
  };
  const remedy =
    remedies[isJsonRpc ? 'json-rpc' : type] ??
    `mark the handler @Public(), or let the context type through with AuthModule's option skipContexts: ['${type}']`;
  return new MillraceError('UNAUTHENTICATED', `A call of the type "${type}" does not say who called: ${remedy}`);
}

/** One invalid field, as in stream-store§2. */
export interface FieldProblem {
  readonly loc: readonly [place: 'body' | 'query', field: string];
  readonly msg: string;
  readonly type: string;
}

/** 422 with a list of what is wrong, and the fields of RFC 6749 section 5.2 beside it. */
export function invalidLogin(problems: readonly FieldProblem[], error = 'invalid_request'): MillraceError {
  const description = problems.map(({ loc, msg }) => `${loc[1]}: ${msg}`).join('; ');
  return new MillraceError('INVALID', description, {
    detail: problems,
    fields: { error, error_description: description },
  });
}

/** 401: name and password do not fit. It does not say which of them. */
export function wrongPassword(): MillraceError {
  const text = 'Incorrect username or password';
  return new MillraceError('UNAUTHENTICATED', text, {
    headers: { 'WWW-Authenticate': 'Bearer' },
    fields: { error: 'invalid_grant', error_description: text },
  });
}

/** 429: a limit is reached. @param seconds until the next attempt is heard */
export function tooManyAttempts(seconds: number, what: string): MillraceError {
  const wait = Math.max(1, Math.ceil(seconds));
  return new MillraceError('TOO_MANY_REQUESTS', `Too many ${what}; try again in ${wait} s`, {
    headers: { 'Retry-After': String(wait) },
  });
}

function invalidBearer(description: string): Record<string, string> {
  return { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${description}"` };
}
