import { MillraceError } from '@millrace/core/errors';

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
    headers: {
      'WWW-Authenticate':
        'Bearer error="invalid_token", error_description="The API key is unknown, revoked or has run out"',
    },
  });
}

/** 401 and close code 3000: the key of a live connection was revoked. */
export class ApiKeyRevokedError extends MillraceError {
  constructor() {
    super('CREDENTIAL_REVOKED', 'The API key was revoked', {
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="The API key was revoked"' },
    });
  }
}
