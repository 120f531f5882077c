import type { ConnectionRegistry } from '@millrace/connectivity';
import { contractSettings } from '@millrace/connectivity/testing';
import { redisRegistry } from '@millrace/connectivity/redis';
import { MillraceError } from '@millrace/core/errors';
import { thrownIs, thrownText } from '@millrace/protocol';
import type { LoggerService } from '@nestjs/common';
import { waitFor } from '../support/waiting.js';

const PARTITION = 'p';

type DriverOptions = Parameters<typeof redisRegistry>[0];

/** An instance of the registry; few commands make a snapshot, and nothing expires. */
export async function startInstance(url: string, options: DriverOptions = {}): Promise<ConnectionRegistry> {
  return redisRegistry({ url, snapshotEvery: 5, ...options }).create(
    contractSettings({ ttl: 3_600_000, grace: 3_600_000 }),
  );
}

/** Publishes, and looks all the time what the instances of one registry say of it. */
export class Witness {
  /** What was acknowledged, and what may be there beside that: it was sent. */
  private readonly acknowledged = new Set<string>();
  private readonly sent = new Set<string>();
  /** Answers that were wrong. */
  readonly wrong: string[] = [];
  /** Right answers, and calls that were told to come later. */
  readonly right = new Map<ConnectionRegistry, number>();
  refused = 0;
  private readonly ending = new AbortController();
  private readonly watching: Promise<void>[] = [];
  private number = 0;

  /** Publishes one more name, once; says whether it was acknowledged. */
  async publish(registry: ConnectionRegistry): Promise<boolean> {
    const uid = `c${this.number++}`;
    this.sent.add(uid);
    try {
      await registry.publish(PARTITION, [{ uid, uri: `tcp://host/${uid}`, dataType: 'T' }]);
      this.acknowledged.add(uid);
      return true;
    } catch (error) {
      this.note('publish', error);
      return false;
    }
  }

  /** Publishes until it is acknowledged. */
  async publishAgain(registry: ConnectionRegistry): Promise<void> {
    await waitFor('a publication', () => this.publish(registry));
  }

  /** Looks up all the time, until the end. */
  observe(registry: ConnectionRegistry): void {
    this.right.set(registry, 0);
    this.watching.push(this.lookAgain(registry));
  }

  /** Follows by a watch, until the end. */
  watch(registry: ConnectionRegistry): WatchedSet {
    const watched = new WatchedSet();
    this.watching.push(watched.follow(registry, this.ending.signal));
    return watched;
  }

  /** Waits until an instance answers rightly once more, from now on. */
  async answers(registry: ConnectionRegistry): Promise<void> {
    const before = this.right.get(registry) ?? 0;
    await waitFor('a right answer', () => (this.right.get(registry) ?? 0) > before + 1);
  }

  /** Whether a set is everything that was acknowledged, and perhaps what was only sent. */
  isRight(names: ReadonlySet<string>, acknowledged: ReadonlySet<string> = this.acknowledged): boolean {
    return [...acknowledged].every((uid) => names.has(uid)) && [...names].every((uid) => this.sent.has(uid));
  }

  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.watching);
  }

  private async lookAgain(registry: ConnectionRegistry): Promise<void> {
    while (!this.ending.signal.aborted) {
      const before = new Set(this.acknowledged);
      try {
        const names = new Set((await registry.lookup(PARTITION, {})).map(({ uid }) => uid));
        if (this.isRight(names, before)) this.right.set(registry, (this.right.get(registry) ?? 0) + 1);
        else this.wrong.push(`${names.size} of ${before.size} connections: ${[...names].join()}`);
      } catch (error) {
        this.note('lookup', error);
      }
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  private note(what: string, error: unknown): void {
    if (thrownIs(error, MillraceError) && error.code === 'UNAVAILABLE') this.refused += 1;
    else this.wrong.push(`${what}: ${thrownText(error)}`);
  }
}

/** What a watcher knows who keeps a set by the events alone. */
export class WatchedSet {
  names = new Set<string>();
  gaps = 0;
  /** How often the watch ended before its time. */
  breaks = 0;

  async follow(registry: ConnectionRegistry, signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    while (!signal.aborted) {
      try {
        for await (const event of registry.watch(
          PARTITION,
          {},
          { signal, ...(after === undefined ? {} : { after }) },
        )) {
          after = event.index;
          if (event.type === 'gap') this.gaps += 1;
          else if (event.type === 'snapshot') this.names = new Set(event.connections.map(({ uid }) => uid));
          else if (event.type === 'published' || event.type === 'changed') this.names.add(event.connection.uid);
          else this.names.delete(event.connection.uid);
        }
      } catch {
        this.breaks += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** Collects what is logged. */
export function logCollector(): { readonly lines: string[]; readonly logger: LoggerService } {
  const lines: string[] = [];
  const write = (message: unknown): void => void lines.push(String(message));
  return { lines, logger: { log: write, error: write, warn: write } };
}

/** Calls of scripts, reads and others that Redis has counted. */
export async function callsAt(redis: { info(section: string): Promise<string> }): Promise<number> {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/^cmdstat_(?:eval|evalsha|xread|xrange|hgetall):calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}
