import { MillraceError } from '@millrace/core/errors';
import type { Principal } from '@millrace/core/security';
import { API_KEY_METHOD } from './api-key-method.js';

/** 401: the request came without a credential (stream-store§2). */
export function notAuthenticated(): MillraceError {
  return new MillraceError('UNAUTHENTICATED', 'Not authenticated', { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** 401: there was a credential, and it does not verify (RFC 6750 section 3.1). Why stays with us. */
export function invalidToken(cause?: unknown): MillraceError {
  return new MillraceError('UNAUTHENTICATED', 'Could not validate credentials', {
    cause,
    headers: {
      'WWW-Authenticate':
        'Bearer error="invalid_token", error_description="The token is malformed, expired or not signed by this server"',
    },
  });
}

/** 401: the credential of a live connection ran out. */
export function expiredCredential({ method }: Principal): MillraceError {
  const text = `The ${method === API_KEY_METHOD ? 'API key' : 'token'} ran out`;
  return new MillraceError('TOKEN_EXPIRED', text, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${text}"` },
  });
}
