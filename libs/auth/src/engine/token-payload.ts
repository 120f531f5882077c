import type { EPOCHS_CLAIM } from './token-identity.js';

/** Claims of a token of ours. */
interface TokenPayload {
  readonly sub: string;
  /** Unix seconds. */
  readonly exp: number;
  /** Unix seconds. */
  readonly iat: number;
  /** 128 random bits. */
  readonly jti: string;
  readonly [EPOCHS_CLAIM]: readonly string[];
  /** Scopes, separated by spaces (RFC 9068 section 2.2.3); a list where one holds a space itself. */
  readonly scope?: string | readonly string[];
  readonly iss?: string;
  readonly aud?: string;
}

/**
 * JSON of a payload in such characters that base64url needs neither `-` nor `_`: some clients read a token with
 * the plain base64 alphabet. Only `>`, `?`, `~` and what lies beyond ASCII would lead to those.
 */
export function writePayload(payload: TokenPayload): Buffer {
  const json = JSON.stringify(payload).replace(
    /[^\x20-=@-}]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(json, 'ascii');
}

/**
 * Scopes as a payload holds them. A store of the host's may know a scope with a space, after a stream with one in its
 * name; as text it would fall apart into others, `streams:read:lab *` into one that is everything.
 */
export function writeScopes(scopes: readonly string[]): string | readonly string[] {
  return scopes.some((scope) => scope.includes(' ')) ? scopes : scopes.join(' ');
}

/** Scopes a payload grants: the text `scope`, or a list as some issuers write it. */
export function scopesOf(payload: Readonly<Record<string, unknown>>): string[] {
  const { scope } = payload;
  if (typeof scope === 'string') return scope.split(' ').filter(Boolean);
  return Array.isArray(scope) ? scope.filter((entry): entry is string => typeof entry === 'string') : [];
}
