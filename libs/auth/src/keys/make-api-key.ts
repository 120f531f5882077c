import { isScope } from '../scopes/is-scope.js';
import { ApiKeyAdministrationError } from './api-key-administration.error.js';
import { recordOf, type StoredApiKey } from './api-key-record.js';
import { hashApiKeySecret, randomApiKey, writeApiKey } from './api-key-text.js';
import { CreatedApiKey } from './created-api-key.js';
import { parseExpiry } from './parse-expiry.js';

/** What a new key shall be. */
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
 * @throws ApiKeyAdministrationError when name, a scope or the expiry is no good
 */
export function makeApiKey(
  { name, scopes, expires }: NewApiKey,
  now: number = Date.now(),
): { created: CreatedApiKey; stored: StoredApiKey } {
  checkName(name);
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

function checkName(name: string): void {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name) && name.trim() === name) return;
  throw new ApiKeyAdministrationError(
    `A key needs a name of at most ${MAX_NAME_LENGTH} characters, without control characters and without spaces at its ends`,
  );
}

function checkScopes(scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.length > MAX_SCOPES) {
    throw new ApiKeyAdministrationError(`A key needs 1 to ${MAX_SCOPES} scopes`);
  }
  for (const scope of scopes) {
    if (isScope(scope) && scope.length <= MAX_SCOPE_LENGTH) continue;
    throw new ApiKeyAdministrationError(`"${scope.slice(0, 100)}" is no scope; write for example streams:read:camera*`);
  }
}

function expiryOf(expires: Date | string, now: number): Date {
  if (typeof expires === 'string') return parseExpiry(expires, now);
  if (expires.getTime() > now) return expires;
  throw new ApiKeyAdministrationError('The expiry lies in the past');
}
