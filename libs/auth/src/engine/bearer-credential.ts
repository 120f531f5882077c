import type { IncomingHttpHeaders } from 'node:http';
import { queryOf } from '@millrace/core/http';

/** Name of the query parameter. */
export const TOKEN_QUERY = 'token';
/** Name of the cookie. */
export const TOKEN_COOKIE = 'authorization';

/** What is looked at to find a credential; Node's own request has it all. */
export interface CredentialSource {
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Finds the credential of a request or handshake: query `token`, header `Authorization: Bearer`, cookie `authorization`.
 * The first that is present is taken, even when it is not valid; another scheme counts as none (stream-store§2).
 */
export function findCredential(source: CredentialSource, cookies: boolean): string | undefined {
  const { url = '', headers } = source;
  const found = (url.includes('?') && queryOf(source).get(TOKEN_QUERY)) || fromScheme(headers.authorization);
  if (found || !cookies) return found;
  const [first] = fromCookie(headers.cookie);
  return first;
}

/** Whether any credential of a request passes a test, also one that {@link findCredential} would not come to. */
export function someCredential(
  source: CredentialSource,
  cookies: boolean,
  test: (credential: string) => boolean,
): boolean {
  const { url, headers } = source;
  if (url?.includes('?') && queryOf(source).getAll(TOKEN_QUERY).some(test)) return true;
  const bearer = fromScheme(headers.authorization);
  if (bearer !== undefined && test(bearer)) return true;
  if (cookies && headers.cookie) for (const token of fromCookie(headers.cookie)) if (test(token)) return true;
  return false;
}

/** The token behind the scheme `Bearer`, in any letter case. */
function fromScheme(value: string | undefined): string | undefined {
  if (!value || value.slice(0, 6).toLowerCase() !== 'bearer' || value[6] !== ' ') return undefined;
  return value.slice(7).trim() || undefined;
}

function* fromCookie(header = ''): Generator<string> {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== TOKEN_COOKIE) continue;
    const token = fromScheme(unquote(decode(pair.slice(at + 1).trim())));
    if (token) yield token;
  }
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // A stray percent sign: the value was not encoded, and is taken as it stands.
    return value;
  }
}

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
