import { inspect } from 'node:util';
import { AccountError, assertName, assertGrantable, shortened } from '../account.error.js';
import { type ApiKeyRecord, recordOf, type StoredApiKey } from './api-key-record.js';
import { hashApiKeySecret, randomApiKey, writeApiKey } from './api-key-text.js';

/**
 * A new key, the only time it is there to be shown. As text, as JSON and in logs it is its record alone: the key itself
 * must be asked for.
 */
export class CreatedApiKey {
  readonly #key: string;

  constructor(
    readonly record: ApiKeyRecord,
    key: string,
  ) {
    this.#key = key;
  }

  /** The key, `mr_<id>_<secret>`. It is kept nowhere. */
  get key(): string {
    return this.#key;
  }

  /** Without it, Node's inspection would ask the getter when told to show everything. */
  [inspect.custom](): object {
    return { record: this.record };
  }
}

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

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads when a key is to run out.
 *
 * @param text a time span from now (`90d`, `12h`), a day (its beginning, UTC) or a time as in ISO 8601
 * @throws AccountError when it is none of these, or past
 */
export function parseExpiry(text: string, now: number = Date.now()): Date {
  const [, amount, unit = ''] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? [];
  const span = amount && UNITS[unit];
  const at = span ? new Date(now + Number(amount) * span) : new Date(TIME.test(text.trim()) ? text.trim() : NaN);
  if (Number.isNaN(at.getTime())) {
    throw new AccountError(
      `The expiry must be a time span such as 90d or 12h, or a time such as 2030-01-31T12:00:00Z, not ${shortened(text)}`,
    );
  }
  if (at.getTime() <= now) throw new AccountError(`The expiry ${shortened(text)} lies in the past`);
  return at;
}
