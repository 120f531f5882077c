import { pause, withDeadline } from '@millrace/protocol';
import { MillraceError } from '../errors/millrace.error.js';
import type { OperationsPart } from '../ops/operations-part.js';
import type { RedisPurpose } from './client/make-client.js';
import type { RedisSettings } from './redis.options.js';
import { redisError } from './redis-error.js';
import { assertRights, type SampleCommand } from './rights.js';
import { SharedRedis, type TakenClient } from './shared-redis.js';
import type { RedisClient } from './shared-redis.options.js';
import { isConnecting, whenReady } from './when-ready.js';

/** The connections of one driver, one for each purpose; those whose commands do not wait are shared with other drivers. */
export class RedisConnections<Name extends string = string> {
  /** Redis as all drivers see it that were given the same `sharedRedis()`. */
  private readonly shared: SharedRedis;
  private readonly taken: ReadonlyMap<string, TakenClient>;
  private closed = false;
  private attempt: Promise<void> | undefined;

  /**
   * @param subject who asks, for errors: `The store of API keys`
   * @param settings what the driver's options gave
   * @param purposes what each connection is for, by its name; `commands` is the one that all drivers share
   */
  constructor(
    private readonly subject: string,
    private readonly settings: RedisSettings,
    purposes: Readonly<Record<Name, RedisPurpose>>,
  ) {
    this.shared = settings.redis ?? new SharedRedis(settings);
    const taken = new Map<string, TakenClient>();
    this.taken = taken;
    try {
      for (const [name, purpose] of Object.entries<RedisPurpose>(purposes)) {
        taken.set(name, this.shared.take(name, purpose));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get(name: Name): RedisClient {
    const taken = this.taken.get(name);
    if (!taken) throw new Error(`There is no connection "${name}"`);
    return taken.client;
  }

  /** Begins every key. */
  get keyPrefix(): string {
    return this.shared.keyPrefix;
  }

  /** Whether keys of one command must lie on one node: see {@link areaKeys}. */
  get isCluster(): boolean {
    return this.shared.isCluster;
  }

  /** Metrics and health of Redis, for the module to report; the same for all drivers that share it. */
  get operations(): OperationsPart {
    return this.shared.operations;
  }

  /**
   * Waits until every connection is ready, and looks whether Redis lets us do what we need.
   *
   * @param needs commands as they are used, with keys of ours; none of them is carried out
   * @throws MillraceError `UNAVAILABLE` after `startTimeout`, or at once where Redis refuses the login, or a right; all are
   *   closed then
   */
  async ready(needs: readonly SampleCommand[] = []): Promise<void> {
    const { startTimeout } = this.shared.settings;
    try {
      await Promise.all([...this.taken.values()].map(({ client }) => whenReady(client, this.subject, startTimeout)));
      if (needs.length > 0) await this.run((client) => assertRights(client, this.subject, needs));
      await this.run(() => this.shared.warnOnce());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Does work with a deadline of `commandTimeout`, and turns what Redis reports into one of our errors. Waits for a connection
   * that is being made.
   *
   * @param work gets the connection of the first purpose
   * @throws MillraceError `UNAVAILABLE` where Redis cannot be reached or does not answer
   */
  run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.within(async () => {
      await this.connected();
      return work(this.first);
    });
  }

  /**
   * The same for work that may be done twice: while Redis is away it waits, and tries again until the deadline.
   *
   * @throws MillraceError `UNAVAILABLE`
   */
  persist<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.within(async (failed, isOver) => {
      for (;;) {
        try {
          await this.connected();
        } catch (error) {
          failed(error);
        }
        try {
          return await work(this.first);
        } catch (error) {
          failed(error);
          if (isOver() || !isPassing(error)) throw error;
        }
        await pause(AGAIN_MS);
      }
    });
  }

  /** Looks whether Redis takes writes. @throws MillraceError `UNAVAILABLE` saying why not */
  async check(): Promise<void> {
    await this.run(() => this.shared.check(this.subject));
  }

  /** Gives every connection back; those that nobody else uses are closed, but for those of the host. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const taken of this.taken.values()) taken.release();
  }

  private get first(): RedisClient {
    const [first] = this.taken.values();
    if (!first) throw new Error('There is no connection');
    return first.client;
  }

  /** @param work gets where to note why it has not succeeded so far, and whether it need not go on */
  private async within<T>(work: (failed: (reason: unknown) => void, isOver: () => boolean) => Promise<T>): Promise<T> {
    if (this.closed) throw new MillraceError('UNAVAILABLE', `${this.subject} is closed: the application is ending`);
    let reason: unknown;
    let over = false;
    const tooLate = (): Error => {
      over = true;
      return redisError(reason, this.subject);
    };
    try {
      const result = work(
        (latest) => (reason = latest),
        () => over || this.closed,
      );
      return await withDeadline(result, this.settings.commandTimeout, tooLate);
    } catch (error) {
      throw redisError(error, this.subject);
    }
  }

  /** Waits for attempts to connect that are under way. */
  private async connected(): Promise<void> {
    const connecting = [...this.taken.values()].filter(({ client }) => isConnecting(client));
    if (connecting.length > 0) this.attempt ??= this.attemptOf(connecting);
    await this.attempt;
  }

  /** A cluster calls itself ready before its nodes are: those who come meanwhile wait as well. */
  private async attemptOf(connecting: readonly TakenClient[]): Promise<void> {
    const { commandTimeout } = this.settings;
    try {
      await Promise.all(
        connecting.map(({ client }) => whenReady(client, this.subject, commandTimeout, { once: true })),
      );
    } catch (error) {
      // Its text says to operators where Redis is. Who asks the service for something learns the reason alone.
      throw redisError((error as Error).cause, this.subject);
    } finally {
      this.attempt = undefined;
    }
  }
}

/** A pause before work is tried again, in milliseconds. */
const AGAIN_MS = 25;

/** Whether Redis was not reached, or is about to be replaced or to be ready. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof MillraceError) return false;
  return error.name !== 'ReplyError' || /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN) /.test(error.message);
}

/**
 * Opens the connections of a driver, and waits until Redis answers.
 *
 * @param needs see {@link RedisConnections.ready}
 * @example
 * ```ts
 * const connections = await openRedis('The stream store', settings, { commands: {}, tail: { blocking: 2000 } });
 * connections.get('commands').xadd(…);
 * ```
 * @throws MillraceError `UNAVAILABLE` when it does not in `startTimeout`, or refuses the login; nothing is left open then
 */
export async function openRedis<Name extends string>(
  subject: string,
  settings: RedisSettings,
  purposes: Readonly<Record<Name, RedisPurpose>>,
  needs: (keyPrefix: string) => readonly SampleCommand[] = () => [],
): Promise<RedisConnections<Name>> {
  const connections = new RedisConnections(subject, settings, purposes);
  await connections.ready(needs(connections.keyPrefix));
  return connections;
}
