import type { ConnectionSecurity } from '@millrace/core/security';
import type { AuthSettings } from '../auth.options.js';
import { invalidLogin } from '../engine/auth.errors.js';
import { TOKEN_COOKIE } from '../engine/bearer-credential.js';

/** Default and upper bound of the cookie's life: 30 days less a minute, in seconds. */
export const MAX_COOKIE_AGE = 2_591_940;

type CookieSettings = Exclude<AuthSettings['cookie'], false>;

/** `Set-Cookie` for a token. The value is quoted, for it holds a space. */
export function tokenCookie(token: string, maxAge: number, secure: boolean, settings: CookieSettings): string {
  return setCookie(`"Bearer ${token}"`, maxAge, secure, settings);
}

/** `Set-Cookie` that makes a browser forget the cookie. Its attributes must be the same, or it would be another cookie. */
export function endedCookie(secure: boolean, settings: CookieSettings): string {
  return setCookie('', 0, secure, settings);
}

function setCookie(value: string, maxAge: number, secure: boolean, settings: CookieSettings): string {
  const attributes = [
    `${TOKEN_COOKIE}=${value}`,
    'HttpOnly',
    `Max-Age=${maxAge}`,
    `Path=${settings.path}`,
    `SameSite=${settings.sameSite}`,
  ];
  if (settings.secure === true || (settings.secure === 'auto' && secure)) attributes.push('Secure');
  return attributes.join('; ');
}

/**
 * Whether a request came by TLS, as we see it or as the framework does, where the host has told it to trust its proxy. By
 * that a cookie gets `Secure` under the setting `auto`.
 */
export function cameByTls(request: object, security: ConnectionSecurity): boolean {
  return (request as { protocol?: unknown }).protocol === 'https' || security.isSecure(request);
}

/**
 * The cookie's life by the query `exp`, in seconds; 0 counts as absent.
 *
 * @throws MillraceError `INVALID` (422) when it is not a whole number
 */
export function readCookieAge(exp: string | null): number {
  if (exp === null || exp === '') return MAX_COOKIE_AGE;
  if (!/^\d{1,15}$/.test(exp)) {
    throw invalidLogin([{ loc: ['query', 'exp'], msg: 'value is not a valid integer', type: 'type_error.integer' }]);
  }
  return Math.min(Number(exp) || MAX_COOKIE_AGE, MAX_COOKIE_AGE);
}
