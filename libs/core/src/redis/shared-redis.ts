import type { OperationsPart } from '../ops/operations-part.js';
import { keepConnected } from './client/keep-connected.js';
import { keepSlots } from './client/keep-slots.js';
import { makeClient, type MadeClient, type RedisPurpose } from './client/make-client.js';
import { RedisFigures } from './redis-figures.js';
import { RedisHealth } from './redis-health.js';
import {
  isCluster,
  type RedisClient,
  SHARED_REDIS_OPTIONS,
  type SharedRedisOptions,
  type SharedRedisSettings,
} from './shared-redis.options.js';

/** A connection as one driver has it. */
export interface TakenClient {
  readonly client: RedisClient;
  /** To be called once, when the driver does not need it any more. */
  release(): void;
}

interface Shared {
  readonly made: MadeClient;
  users: number;
}

/** One Redis for all drivers of an application: where it is, its connections, its health and metrics. */
export class SharedRedis {
  /** Health and metrics, as `redis`. */
  readonly operations: OperationsPart;
  private readonly shared = new Map<string, Shared>();
  private readonly figures = new RedisFigures();
  private readonly kept = new Map<RedisClient, () => void>();
  private readonly health: RedisHealth;

  constructor(readonly settings: SharedRedisSettings) {
    this.health = new RedisHealth(settings, () => this.commands);
    this.operations = {
      name: 'redis',
      health: () => this.health.report(),
      metrics: this.figures.families,
      notices: () => this.health.notices(),
    };
  }

  /** Begins every key. */
  get keyPrefix(): string {
    return this.settings.keyPrefix ?? '';
  }

  /** Whether keys of one command must lie on one node. */
  get isCluster(): boolean {
    return this.settings.cluster !== undefined || (this.commands !== undefined && isCluster(this.commands));
  }

  /** A connection for a purpose: one of its own where commands wait on it, else the one that all have of that name. */
  take(name: string, purpose: RedisPurpose): TakenClient {
    if (purpose.blocking) {
      const made = this.make(name, purpose);
      return { client: made.client, release: () => this.end(made) };
    }
    const shared = this.shared.get(name) ?? { made: this.make(name, purpose), users: 0 };
    this.shared.set(name, shared);
    shared.users += 1;
    return { client: shared.made.client, release: () => this.leave(name, shared) };
  }

  /** Looks whether Redis takes writes. @throws MillraceError `UNAVAILABLE` saying why not */
  async check(subject: string): Promise<void> {
    await this.health.check(subject);
  }

  /** Writes to the log what in the settings of Redis may lose entries; the first time only. */
  warnOnce(): Promise<void> {
    return this.health.warnOnce();
  }

  /** Ends all connections at once: for a start that has failed, where the modules do not close their drivers. */
  close(): void {
    for (const { made } of this.shared.values()) this.end(made);
    this.shared.clear();
  }

  /** A connection whose commands do not wait; undefined before the first was taken. */
  private get commands(): RedisClient | undefined {
    const [first] = this.shared.values();
    return first?.made.client;
  }

  private make(name: string, purpose: RedisPurpose): MadeClient {
    const made = makeClient(this.settings, name, purpose);
    this.figures.watch(name, made.client);
    if (made.own) this.keep(made.client);
    return made;
  }

  private keep(client: RedisClient): void {
    if (isCluster(client)) this.kept.set(client, keepSlots(client));
    else if (isBySentinel(client)) this.kept.set(client, keepConnected(client));
  }

  private leave(name: string, shared: Shared): void {
    shared.users -= 1;
    if (shared.users > 0 || this.shared.get(name) !== shared) return;
    this.shared.delete(name);
    this.end(shared.made);
  }

  private end({ client, own }: MadeClient): void {
    this.figures.forget(client);
    this.kept.get(client)?.();
    this.kept.delete(client);
    if (own) client.disconnect();
  }
}

function isBySentinel(client: RedisClient): boolean {
  return !isCluster(client) && client.options.sentinels != null;
}

/**
 * Redis for several modules of an application: named once, with one set of connections, whatever their clients do.
 *
 * @example
 * ```ts
 * const redis = sharedRedis({ url: 'redis://127.0.0.1:6379', keyPrefix: 'app:' });
 * StreamStoreModule.forRoot({ store: redisStore({ redis }) });
 * ConnectivityModule.forRoot({ registry: redisRegistry({ redis }) });
 * ```
 * @publicApi
 */
export function sharedRedis(options: SharedRedisOptions = {}): SharedRedis {
  return new SharedRedis(SHARED_REDIS_OPTIONS.read(options));
}
