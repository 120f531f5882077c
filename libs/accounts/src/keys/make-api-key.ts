import { AccountError } from '../account.error.js';
import { assertName, assertGrantable } from '../check-text.js';
import { recordOf, type StoredApiKey } from './api-key-record.js';
import { hashApiKeySecret, randomApiKey, writeApiKey } from './api-key-text.js';
import { CreatedApiKey } from './created-api-key.js';
import { parseExpiry } from './parse-expiry.js';

/** What a new key is to be. */
export interface NewApiKey {
  /** For people: who or what will use it. */
  readonly name: string;
  /** For example `['streams:write:camera*']`; `['*']` is everything. */
  readonly scopes: readonly string[];
  /** A time, or text as `90d` or `2030-01-31T12:00:00Z`. @default never */
  readonly expires?: Date | string | null;
}

const MAX_NAME_LENGTH = 200;
const MAX_SCOPES = 100;
const MAX_SCOPE_LENGTH = 1024;

/**
 * Makes a key: what its holder gets, and what is kept of it.
 *
 * @throws AccountError when name, a scope or the expiry cannot be taken
 */
export function makeApiKey(
  { name, scopes, expires }: NewApiKey,
  now: number = Date.now(),
): { created: CreatedApiKey; stored: StoredApiKey } {
  assertName('key', name, MAX_NAME_LENGTH);
  checkScopes(scopes);
  const parts = randomApiKey();
  const stored: StoredApiKey = {
    id: parts.id,
    name,
    scopes: [...scopes],
    created: new Date(now).toISOString(),
    expires: expires == null ? null : expiryOf(expires, now).toISOString(),
    lastUsed: null,
    hash: hashApiKeySecret(parts.secret),
  };
  return { created: new CreatedApiKey(recordOf(stored), writeApiKey(parts)), stored };
}

function checkScopes(scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.length > MAX_SCOPES) {
    throw new AccountError(`A key must have 1 to ${MAX_SCOPES} scopes, not ${scopes.length}`);
  }
  for (const scope of scopes) assertGrantable(scope, MAX_SCOPE_LENGTH);
}

function expiryOf(expires: Date | string, now: number): Date {
  if (typeof expires === 'string') return parseExpiry(expires, now);
  if (expires.getTime() > now) return expires;
  const isTime = !Number.isNaN(expires.getTime());
  throw new AccountError(
    isTime ? `The expiry ${expires.toISOString()} lies in the past` : 'The expiry must be a time; this Date has none',
  );
}
