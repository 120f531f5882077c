import type { TokenRevocation } from '@millrace/accounts';
import { isTokenRevocation } from '@millrace/accounts/tokens';
import type { RedisClient } from '@millrace/core/redis';
import type { TokenRevocations } from '../../api/token-revocations.js';

/** All at one moment. KEYS: revocations by user, version. ARGV: the version that is known. */
const LIST = `
local version = redis.call('GET', KEYS[2]) or ''
if version == ARGV[1] then return { version } end
return { version, redis.call('HVALS', KEYS[1]) }`;

/** What a store says that has never had a revocation, or has lost all. */
const EMPTY = '';

/** The tokens of users who were removed or got a new password, and a version by which others see that something has changed. */
export class RedisUserRevocations implements Pick<TokenRevocations, 'list'> {
  private known: { readonly version: string; readonly list: readonly TokenRevocation[] } = { version: EMPTY, list: [] };

  constructor(
    private readonly keys: readonly [revoked: string, version: string],
    private readonly guarded: <T>(work: (client: RedisClient) => Promise<T>) => Promise<T>,
  ) {}

  async list(): Promise<readonly TokenRevocation[]> {
    const answer = await this.guarded((client) => client.eval(LIST, 2, ...this.keys, this.known.version));
    const [version, texts = []] = answer as [version: string, texts?: string[]];
    if (version !== this.known.version) this.known = { version, list: texts.flatMap(read) };
    return this.known.list;
  }
}

/** What another program has written there revokes nothing. */
function read(text: string): TokenRevocation[] {
  try {
    const revocation: unknown = JSON.parse(text);
    return isTokenRevocation(revocation) ? [revocation] : [];
  } catch {
    // Not JSON.
    return [];
  }
}
