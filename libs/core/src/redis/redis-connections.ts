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

  /**
   * Waits until every connection is ready.
   *
   * @throws MillraceError `UNAVAILABLE` after `startTimeout`, or at once where Redis refuses the login; all are closed then
   */
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
 * @throws MillraceError `UNAVAILABLE` when it does not in `startTimeout`, or refuses the login; nothing is left open then
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
  const noAnswer = (when: string): Error =>
    new MillraceError(
      'UNAVAILABLE',
      `${subject} got no answer of Redis ${when}at ${placeOf(client)}${because(last)}; ${questionOf(client)}`,
      { cause: last },
    );
  const listeners = new AbortController();
  const ready = new Promise<void>((resolve, reject) => {
    const listenTo = (event: string, listener: (error?: unknown) => void): void => {
      client.on(event, listener);
      listeners.signal.addEventListener('abort', () => client.off(event, listener));
    };
    const onError = (error: unknown): void => {
      last = error;
      const refusal = refusalOf(error);
      // Waiting does not change it.
      if (refusal !== undefined) reject(refused(client, subject, refusal));
    };
    listenTo('ready', () => resolve());
    listenTo('error', onError);
    // Closed beside another one that failed, or by the host's own settings.
    listenTo('end', () => reject(noAnswer('')));
    if (client.status === 'wait') client.connect().catch(onError);
  });
  try {
    await withDeadline(ready, deadline, () => noAnswer(`within ${deadline} ms `));
  } finally {
    listeners.abort();
  }
}

/** What Redis says of a login or a database, and goes on saying. */
const REFUSALS = /^(WRONGPASS|NOAUTH|NOPERM|DENIED|ERR (invalid password|(invalid )?DB index|SELECT is not allowed))/;

/** What Redis refuses, in its words; undefined for other errors. A cluster keeps that of a node. */
function refusalOf(error: unknown): string | undefined {
  const { lastNodeError = error } = (error ?? {}) as { lastNodeError?: unknown };
  const text = thrownText(lastNodeError);
  return REFUSALS.test(text) ? text : undefined;
}

/** Without the error of ioredis as cause: it holds the command, and so the password. */
function refused(client: RedisClient, subject: string, refusal: string): MillraceError {
  // What follows is advice for the owner of Redis, a page long.
  const [first = refusal] = refusal.split('. ', 1);
  const what = /\b(DB index|SELECT)\b/.test(refusal) ? 'database' : 'login';
  const remedy = what === 'login' ? 'check user and password, and what that user may do' : 'choose another database';
  return new MillraceError(
    'UNAVAILABLE',
    `${subject}: Redis at ${placeOf(client)} refused the ${what} (${first.replace(/\.$/, '')}); ${remedy}`,
  );
}

/** What to look at where Redis does not answer. */
function questionOf(client: RedisClient): string {
  if (client.status === 'connect') return 'it takes connections and is not ready: is it still loading its data?';
  const { tls } = client instanceof Cluster ? (client.options.redisOptions ?? {}) : client.options;
  return tls ? 'is it running, and does it take TLS there?' : 'is it running?';
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
