import { MillraceError } from '@millrace/core/errors';
import { withDeadline } from '@millrace/protocol';
import { type Cluster, Redis } from 'ioredis';
import type { StoredApiKey } from '@millrace/accounts';
import { byAge, isStoredApiKey, MAX_API_KEYS } from '@millrace/accounts/keys';
import { ApiKeyStore } from '../api/api-key-store.js';
import { ADD, REVOKE, TOUCH } from './redis-scripts.js';

export interface RedisApiKeysInit {
  readonly url: string | undefined;
  readonly client: Redis | Cluster | undefined;
  readonly keyPrefix: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Ids in one call of a script; Redis serves nobody else meanwhile. */
const TOUCHED_AT_A_TIME = 500;

/** Two hashes: the records by id, and the last uses by id. */
export class RedisApiKeys extends ApiKeyStore {
  private client: Redis | Cluster | undefined;
  private readonly keys: string;
  private readonly uses: string;

  constructor(private readonly init: RedisApiKeysInit) {
    super();
    // The braces keep both on one node of a cluster.
    this.keys = `{${init.keyPrefix}}:keys`;
    this.uses = `{${init.keyPrefix}}:uses`;
  }

  override async find(id: string): Promise<StoredApiKey | undefined> {
    const [text, used] = await this.guarded((client) =>
      Promise.all([client.hget(this.keys, id), client.hget(this.uses, id)]),
    );
    return text === null ? undefined : read(text, used);
  }

  override async list(): Promise<StoredApiKey[]> {
    const [texts, uses] = await this.guarded((client) =>
      Promise.all([client.hgetall(this.keys), client.hgetall(this.uses)]),
    );
    return Object.entries(texts)
      .flatMap(([id, text]) => read(text, uses[id] ?? null) ?? [])
      .sort(byAge);
  }

  override async add(key: StoredApiKey): Promise<void> {
    const { lastUsed, ...record } = key;
    const text = JSON.stringify(record);
    const added = await this.guarded((client) => client.eval(ADD, 1, this.keys, key.id, text, MAX_API_KEYS));
    if (added === 0) throw new MillraceError('CONFLICT', 'The id is taken');
    if (added === -1) throw new MillraceError('CONFLICT', `There are ${MAX_API_KEYS} keys already; revoke some`);
    if (lastUsed !== null) await this.touch(new Map([[key.id, Date.parse(lastUsed)]]));
  }

  override async revoke(id: string): Promise<boolean> {
    return (await this.guarded((client) => client.eval(REVOKE, 2, this.keys, this.uses, id))) === 1;
  }

  override async touch(uses: ReadonlyMap<string, number>): Promise<void> {
    const all = [...uses];
    for (let from = 0; from < all.length; from += TOUCHED_AT_A_TIME) {
      const some = all.slice(from, from + TOUCHED_AT_A_TIME).flat();
      await this.guarded((client) => client.eval(TOUCH, 2, this.keys, this.uses, ...some));
    }
  }

  override async close(): Promise<void> {
    if (this.client !== this.init.client) this.client?.disconnect();
    this.client = undefined;
  }

  private connected(): Redis | Cluster {
    this.client ??= this.init.client ?? connect(this.init);
    return this.client;
  }

  private async guarded<T>(work: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      return await withDeadline(work(this.connected()), this.init.timeout, () => new Error('Redis did not answer'));
    } catch (error) {
      throw new MillraceError('UNAVAILABLE', 'The store of API keys cannot reach Redis; try again later', {
        cause: error,
      });
    }
  }
}

function connect({ url = '', timeout }: RedisApiKeysInit): Redis {
  const client = new Redis(url, {
    maxRetriesPerRequest: 1,
    commandTimeout: timeout,
    // A command without its answer may have been done; its caller was told that it failed.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1000),
  });
  // Every call has its own error; without a listener ioredis would write to the console.
  client.on('error', () => undefined);
  return client;
}

/** A record that is none of ours is no key: it lets nobody in. */
function read(text: string, used: string | null): StoredApiKey | undefined {
  try {
    const lastUsed = used === null ? null : new Date(Number(used)).toISOString();
    const key: unknown = { ...(JSON.parse(text) as object), lastUsed };
    return isStoredApiKey(key) ? key : undefined;
  } catch {
    // Not JSON. The error would quote the record.
    return undefined;
  }
}
