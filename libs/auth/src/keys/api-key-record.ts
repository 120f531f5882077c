import { z } from 'zod';

/** A key as it may be shown: everything but its secret. Times are ISO 8601. */
export interface ApiKeyRecord {
  /** The middle part of the key; names it in lists, in logs and for revoking it. */
  readonly id: string;
  /** What its maker called it. */
  readonly name: string;
  /** Granted scopes, see `scopeCovers` of `@millrace/core`. */
  readonly scopes: readonly string[];
  readonly created: string;
  /** When it runs out; null: never. */
  readonly expires: string | null;
  /** When it was last used, to the minute; null: never. */
  readonly lastUsed: string | null;
}

/** A key as a store keeps it. */
export interface StoredApiKey extends ApiKeyRecord {
  /** SHA-256 of the secret, in base64url. */
  readonly hash: string;
}

const time = z.iso.datetime();

/** Checks what comes out of a file or database. */
export const STORED_API_KEY_SCHEMA = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  scopes: z.array(z.string().min(1)),
  created: time,
  expires: time.nullable(),
  lastUsed: time.nullable(),
  hash: z.string().regex(/^[\w-]{43}$/, 'is not a hash of this program'),
});

/** What may be shown of a stored key. */
export function recordOf({ id, name, scopes, created, expires, lastUsed }: StoredApiKey): ApiKeyRecord {
  return { id, name, scopes, created, expires, lastUsed };
}

/** Whether a key has run out. @param now milliseconds since 1970 */
export function hasRunOut({ expires }: Pick<ApiKeyRecord, 'expires'>, now: number): boolean {
  return expires !== null && Date.parse(expires) <= now;
}

/** Oldest first. */
export function byAge(first: ApiKeyRecord, second: ApiKeyRecord): number {
  const [left, right] = [first.created + first.id, second.created + second.id];
  return left < right ? -1 : left > right ? 1 : 0;
}
