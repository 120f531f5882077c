import { thrownText, withDeadline } from '@millrace/protocol';
import { Cluster } from 'ioredis';
import { MillraceError } from '../errors/millrace.error.js';
import { makeClient, type MadeClient, type RedisPurpose } from './make-client.js';
import type { RedisClient, RedisSettings } from './redis.options.js';
import { redisError } from './redis-error.js';

/** The connections of one driver, one for each purpose. */
export class RedisConnections<Name extends string = string> {
  private readonly made: ReadonlyMap<string, MadeClient>;
  private closed = false;

  /**
   * @param subject who asks, for errors: `The store of API keys`
   * @param settings what the driver's options gave
   * @param purposes what each connection is for, by its name
   */
  constructor(
    private readonly subject: string,
    private readonly settings: RedisSettings,
    purposes: Readonly<Record<Name, RedisPurpose>>,
  ) {
    const made = new Map<string, MadeClient>();
    this.made = made;
    try {
      for (const [name, purpose] of Object.entries<RedisPurpose>(purposes)) {
        made.set(name, makeClient(settings, name, purpose));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get(name: Name): RedisClient {
    const made = this.made.get(name);
    if (!made) throw new Error(`There is no connection "${name}"`);
    return made.client;
  }

  /** Whether keys of one command must lie on one node: see {@link taggedKeys}. */
  get isCluster(): boolean {
    return [...this.made.values()].some(({ client }) => client instanceof Cluster);
  }

  /** Waits until every connection is ready. @throws MillraceError `UNAVAILABLE` after `startTimeout`; all are closed then */
  async ready(): Promise<void> {
    try {
      await Promise.all(
        [...this.made.values()].map(({ client }) => whenReady(client, this.subject, this.settings.startTimeout)),
      );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Does work with a deadline of `commandTimeout`, and turns what Redis reports into one of our errors.
   *
   * @throws MillraceError `UNAVAILABLE` where Redis cannot be reached or does not answer
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(work(), this.settings.commandTimeout, () => redisError(undefined, this.subject));
    } catch (error) {
      throw redisError(error, this.subject);
    }
  }

  /** Closes every connection but those of the host. */
  close(): void {
    // A second `disconnect()` would start a timer of ioredis that nothing ends.
    if (this.closed) return;
    this.closed = true;
    for (const { client, own } of this.made.values()) if (own) client.disconnect();
  }
}

/**
 * Opens the connections of a driver, and waits until Redis answers.
 *
 * @example
 * ```ts
 * const connections = await openRedis('The stream store', settings, { commands: {}, tail: { blocking: true } });
 * connections.get('commands').xadd(…);
 * ```
 * @throws MillraceError `UNAVAILABLE` when it does not in `startTimeout`; nothing is left open then
 */
export async function openRedis<Name extends string>(
  subject: string,
  settings: RedisSettings,
  purposes: Readonly<Record<Name, RedisPurpose>>,
): Promise<RedisConnections<Name>> {
  const connections = new RedisConnections(subject, settings, purposes);
  await connections.ready();
  return connections;
}

async function whenReady(client: RedisClient, subject: string, deadline: number): Promise<void> {
  if (client.status === 'ready') return;
  let last: unknown;
  const onError = (error: unknown): void => {
    last = error;
  };
  client.on('error', onError);
  if (client.status === 'wait') client.connect().catch(onError);
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  try {
    await withDeadline(
      ready,
      deadline,
      () =>
        new MillraceError(
          'UNAVAILABLE',
          `${subject} got no answer of Redis within ${deadline} ms at ${placeOf(client)}${because(last)}; is it running?`,
          { cause: last },
        ),
    );
  } finally {
    client.off('error', onError);
  }
}

/** Host and port, never the login; several for a cluster and for Sentinels. */
function placeOf(client: RedisClient): string {
  if (client instanceof Cluster) return client.nodes('all').map(placeOf).join(', ') || 'the nodes of the cluster';
  const { host, port, path, sentinels } = client.options;
  if (sentinels) return sentinels.map((each) => `${each.host}:${each.port} (Sentinel)`).join(', ');
  return path ?? `${host}:${port}`;
}

function because(error: unknown): string {
  return error === undefined ? '' : ` (${thrownText(error)})`;
}
