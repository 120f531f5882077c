import { MillraceError } from '@millrace/core';

/** 401: there was no credential (stream store protocol, section 2). */
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
export function expiredToken(): MillraceError {
  return new MillraceError('TOKEN_EXPIRED', 'The token ran out', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="The token ran out"' },
  });
}
