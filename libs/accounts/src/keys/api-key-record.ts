import { faultOf, isText, isTexts, isTime, isTimeOrNull, type Shape } from '../files/records.js';

/** A key as it may be shown: everything but its secret. Times are ISO 8601. */
export interface ApiKeyRecord {
  /** The middle part of the key; names it in lists, in logs and for revoking it. */
  readonly id: string;
  /** What its maker called it. */
  readonly name: string;
  /** Granted scopes, for example `streams:write:camera*`. */
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

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{43}$/.test(value);

/** The members of a stored key. */
export const STORED_API_KEY: Shape = {
  id: [isText, 'a text'],
  name: [isText, 'a text'],
  scopes: [isTexts, 'a list of texts'],
  created: [isTime, 'a time (UTC) as 2030-01-31T12:00:00Z'],
  expires: [isTimeOrNull, 'a time (UTC) as 2030-01-31T12:00:00Z, or null'],
  lastUsed: [isTimeOrNull, 'a time (UTC) as 2030-01-31T12:00:00Z, or null'],
  hash: [isHash, 'a SHA-256 in base64url'],
};

/** Whether a value, as it comes out of a database, is a stored key. */
export function isStoredApiKey(value: unknown): value is StoredApiKey {
  return faultOf(value, STORED_API_KEY) === undefined;
}

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
