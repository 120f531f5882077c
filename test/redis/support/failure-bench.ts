import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { type RunningApplication, startApplication } from '../../support/applications.js';
import { HealthModule } from '../../support/health-module.js';
import type { RedisWay } from '../../support/redis.js';
import { waitFor } from '../../support/waiting.js';
import { HealthObserver, LookupObserver, Publisher } from './observers.js';
import { Puller } from './puller.js';
import { Pusher } from './pusher.js';

/** Enough for each master of a cluster to have some. */
const STREAMS = ['a', 'b', 'c', 'd', 'e', 'f'];
const INSTANCES = 2;
/** What each pusher and reader has to do before the trouble, and again after it. */
const STEADY = 30;

/** What became of what was pushed and published. */
export interface Outcome {
  readonly acked: number;
  /** Acked entries that are not stored at the end. */
  readonly lost: number;
  /** Arrivals at pullers, and entries in storage, that came twice or behind later ones without a gap between them. */
  readonly disordered: readonly string[];
  /** Stored entries that a puller has not got. */
  readonly unseen: number;
  /** How often a puller's socket was closed. */
  readonly pullersClosed: number;
  /** Gaps that pullers were told. */
  readonly gaps: number;
  /** Streams of which a puller was not told a gap. */
  readonly streamsWithoutGap: readonly string[];
  /** Look-ups that lacked what had been published. */
  readonly wrongLookups: readonly string[];
  /** Published connections that are not found at the end. */
  readonly lostConnections: number;
}

/** Two instances on one Redis, with pushers, pullers, publishers, look-ups and health checks at both. */
export class FailureBench {
  readonly pushers: Pusher[] = [];
  readonly pullers: Puller[] = [];
  readonly publishers: Publisher[] = [];
  readonly lookups: LookupObserver[] = [];
  readonly health: HealthObserver[] = [];
  private troubledAt = 0;
  private repairedAt = 0;

  private constructor(private readonly instances: readonly RunningApplication[]) {
    for (const { url, wsUrl } of instances) {
      const place = String(this.publishers.length);
      for (const stream of STREAMS) this.pushers.push(new Pusher(`${stream}:${place}`, stream, wsUrl).start());
      this.pullers.push(new Puller(STREAMS, wsUrl).start());
      this.publishers.push(new Publisher(`at-${place}`, url).start());
      this.lookups.push(new LookupObserver(this.publishers, url).start());
      this.health.push(new HealthObserver(url).start());
    }
  }

  /** Starts all of it, and waits until all of it works. */
  static async start(way: RedisWay): Promise<FailureBench> {
    const instances = await Promise.all(
      Array.from({ length: INSTANCES }, () =>
        startApplication([
          StreamStoreModule.forRoot({ store: redisStore(way), retention: { maxLength: 10_000_000 } }),
          ConnectivityModule.forRoot({ registry: redisRegistry(way), ttl: '1h' }),
          HealthModule,
        ]),
      ),
    );
    const bench = new FailureBench(instances);
    try {
      await bench.steady();
      return bench;
    } catch (error) {
      await bench.close();
      throw error;
    }
  }

  /** Brings the trouble, and notes when. */
  async trouble(make: () => unknown): Promise<void> {
    await make();
    this.troubledAt = performance.now();
  }

  /** Waits until each instance has said that it is not up. */
  async saysSo(): Promise<void> {
    for (const { answers } of this.health) {
      await waitFor('/health to say so', () => answers.some(({ asked, isUp }) => asked >= this.troubledAt && !isUp));
    }
  }

  /** Ends the trouble. */
  async repair(mend: () => unknown): Promise<void> {
    this.repairedAt = performance.now();
    await mend();
  }

  /** Answers of `/health` that were asked for and given while there was trouble, and say that all is well. */
  get wronglyUp(): number {
    return this.duringTrouble.filter(({ isUp }) => isUp).length;
  }

  /** Acknowledged entries so far. */
  get acked(): number {
    return this.pushers.reduce((sum, { acked }) => sum + acked.length, 0);
  }

  /** Waits until all goes on, lets it end, and tells what became of it. */
  async outcome(): Promise<Outcome> {
    await this.steady();
    await Promise.all([...this.pushers, ...this.publishers].map((each) => each.stop()));
    const stored = await this.stored();
    const unseenBy = (puller: Puller): number =>
      [...stored].reduce(
        (sum, [name, numbers]) => sum + numbers.filter((each) => !puller.ever.get(name)?.has(each)).length,
        0,
      );
    await waitFor('the pullers', () => this.pullers.every((puller) => unseenBy(puller) === 0), {
      deadline: 20_000,
    }).catch(() => undefined);
    await Promise.all([...this.lookups, ...this.health, ...this.pullers].map((each) => each.stop()));
    const published = this.publishers.flatMap((publisher) => publisher.published);
    const found = await Promise.all(this.lookups.map((lookup) => lookup.names()));
    return {
      acked: this.acked,
      lost: this.pushers.reduce((sum, { name, acked }) => {
        const kept = new Set(stored.get(name));
        return sum + acked.filter((number) => !kept.has(number)).length;
      }, 0),
      disordered: [
        ...this.pullers.flatMap(({ disordered }) => disordered),
        ...[...stored].flatMap(([name, numbers]) =>
          numbers.flatMap((number, index) =>
            number > (numbers[index - 1] ?? -1) ? [] : [`stored: ${name} ${number}`],
          ),
        ),
      ],
      unseen: this.pullers.reduce((sum, puller) => sum + unseenBy(puller), 0),
      pullersClosed: this.pullers.reduce((sum, { closed }) => sum + closed, 0),
      gaps: this.pullers.reduce((sum, { gaps }) => sum + gaps.length, 0),
      streamsWithoutGap: this.pullers.flatMap(({ gaps }) => STREAMS.filter((stream) => !gaps.includes(stream))),
      wrongLookups: this.lookups.flatMap(({ wrong }) => wrong),
      lostConnections: found.reduce((sum, names) => sum + published.filter((uid) => !names.has(uid)).length, 0),
    };
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.pushers, ...this.publishers, ...this.lookups, ...this.health, ...this.pullers].map((each) =>
        each.stop(),
      ),
    );
    await Promise.all(this.instances.map((each) => each.close()));
  }

  /** Waits until every one of them has got on. */
  async steady(): Promise<void> {
    const acks = this.pushers.map(({ acked }) => acked.length + STEADY);
    await waitFor('acks for every pusher', () =>
      this.pushers.every(({ acked }, index) => acked.length >= acks[index]!),
    );
    const published = this.publishers.map((publisher) => publisher.published.length + 3);
    await waitFor('publications at every instance', () =>
      this.publishers.every((publisher, index) => publisher.published.length >= published[index]!),
    );
    const right = this.lookups.map((lookup) => lookup.answered + 3);
    await waitFor('look-ups at every instance', () =>
      this.lookups.every((lookup, index) => lookup.answered >= right[index]!),
    );
    await waitFor('/health to be up', () => this.health.every(({ answers }) => answers.at(-1)?.isUp));
  }

  private get duringTrouble() {
    const end = this.repairedAt > this.troubledAt ? this.repairedAt : Infinity;
    return this.health.flatMap(({ answers }) =>
      answers.filter(({ asked, answered }) => asked >= this.troubledAt && answered < end),
    );
  }

  /** The numbers of each pusher, as they are stored. */
  private async stored(): Promise<Map<string, number[]>> {
    const store = this.instances[0]!.app.get(StreamStore);
    const stored = new Map<string, number[]>();
    for (const stream of STREAMS) {
      for (let after = '0-0'; ;) {
        const { entries } = await store.readAfter(stream, after, { count: 10_000 });
        const last = entries.at(-1);
        if (!last) break;
        after = last.id;
        for (const { data } of entries) {
          const [name, number] = JSON.parse(data.toString()) as [string, number];
          const numbers = stored.get(name);
          if (numbers) numbers.push(number);
          else stored.set(name, [number]);
        }
      }
    }
    return stored;
  }
}
