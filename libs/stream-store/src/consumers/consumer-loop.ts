import type { Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { Backoff, type EntryId, pause, type StreamGap, thrownReport, thrownText } from '@millrace/protocol';
import type { GroupBatch, GroupEntry, GroupMember } from '../api/stream-groups.js';
import type { StreamStore } from '../api/stream-store.js';
import { GroupConsumer } from '../engine/groups/group-consumer.js';
import type { FoundConsumer } from './consumer-explorer.js';

/** Entries that are taken, and acknowledged, together: so many come again after a crash, at the most. */
const BATCH = 100;
/** What was dealt with is acknowledged after so long, also before the batch is done. */
const ACKNOWLEDGE_MS = 500;

/** How it went with an entry or a gap: the attempts are used up, or the application ends. */
type Outcome = 'done' | 'failed' | 'cut';

/** Gives the entries of one stream to one consumer, as the group hands them out. */
export class ConsumerLoop {
  private readonly backoff = new Backoff();
  private joined: GroupConsumer | undefined;
  /** Where the group begins if it is not there: found out once, or what comes before it could be opened would be lost. */
  private start: EntryId | undefined;
  private done: EntryId[] = [];
  private acknowledgedAt = 0;

  constructor(
    private readonly store: StreamStore,
    private readonly consumer: FoundConsumer,
    readonly member: GroupMember,
    private readonly signal: AbortSignal,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      try {
        this.joined ??= await this.join();
        const batch = await this.joined.take({ count: BATCH });
        await this.handle(this.joined, batch);
        this.backoff.reset();
        if (batch.entries.length === 0 && !batch.gap) await this.joined.news(this.signal);
      } catch (error) {
        this.logger.warn(`${this.place}: ${thrownText(error)}`);
        if (error instanceof MillraceError && error.code === 'NOT_FOUND') await this.leave();
        await pause(this.backoff.next(), this.signal);
      }
    }
    await this.leave();
  }

  private get place(): string {
    return `${this.consumer.name} on "${this.member.stream}"`;
  }

  private async join(): Promise<GroupConsumer> {
    const { ordered, idle, maxDeliveries, after = '$' } = this.consumer.metadata;
    this.start ??= after === '$' ? await this.store.lastId(this.member.stream) : after;
    return GroupConsumer.join(this.store, this.member, { after: this.start, ordered, idle, maxDeliveries });
  }

  /** Should it fail, what it holds goes to another one after the idle time. */
  private async leave(): Promise<void> {
    const { joined } = this;
    this.joined = undefined;
    await joined?.leave(false).catch((error) => this.logger.warn(`${this.place}: ${thrownText(error)}`));
  }

  private async handle(joined: GroupConsumer, { entries, gap, setAside }: GroupBatch): Promise<void> {
    for (const id of setAside)
      this.logger.error(`${this.place}: entry ${id} is set aside: it was handed out too often`);
    if (gap) {
      const outcome = await this.insist(`the gap after ${gap.after}`, () => this.tellGap(gap));
      if (outcome !== 'cut') await this.untilKept(() => joined.acknowledge([], true));
    }
    this.acknowledgedAt = performance.now();
    for (const [index, entry] of entries.entries()) {
      if (!(await this.handleOne(joined, entry))) {
        await this.acknowledge(joined);
        const rest = entries.slice(index + 1).map(({ id }) => id);
        if (rest.length > 0) await this.untilKept(() => joined.release({ ids: rest, untouched: true }));
        return;
      }
    }
    await this.acknowledge(joined);
  }

  /** @returns whether to go on to the next */
  private async handleOne(joined: GroupConsumer, entry: GroupEntry): Promise<boolean> {
    let holds = false;
    await this.untilKept(async () => {
      holds = await joined.holds(entry.id);
    });
    if (!holds) return false;
    const outcome = await this.insist(`entry ${entry.id}`, () => this.consumer.onEntry(entry));
    if (outcome === 'cut') return false;
    if (outcome === 'done') this.done.push(entry.id);
    this.start = entry.id;
    if (outcome === 'failed') {
      await this.acknowledge(joined);
      await this.untilKept(() => joined.setAside([entry.id], 'Its attempts are used up'));
    } else if (performance.now() - this.acknowledgedAt >= ACKNOWLEDGE_MS) await this.acknowledge(joined);
    return !this.signal.aborted;
  }

  private async acknowledge(joined: GroupConsumer): Promise<void> {
    const { done } = this;
    this.done = [];
    if (done.length > 0) await this.untilKept(() => joined.acknowledge(done));
    this.acknowledgedAt = performance.now();
  }

  /** Until the store has done it; a last time when the application ends: what is not acknowledged then comes again. */
  private async untilKept(work: () => Promise<unknown>): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        this.logger.warn(`${this.place}: ${thrownText(error)}`);
        if (this.signal.aborted || (error instanceof MillraceError && error.code === 'NOT_FOUND')) return;
        await pause(backoff.next(), this.signal);
      }
    }
  }

  /** Until it succeeds, the attempts are used up, or the application ends: then it comes again. */
  private async insist(what: string, work: () => unknown): Promise<Outcome> {
    const { attempts = Infinity } = this.consumer.metadata;
    const backoff = new Backoff();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        return 'done';
      } catch (error) {
        this.logger.error(`${this.place}: ${what}, attempt ${attempt}: ${thrownReport(error)}`);
        if (attempt >= attempts) {
          this.logger.error(`${this.place}: ${what} is set aside`);
          return 'failed';
        }
        await pause(backoff.next(), this.signal);
        if (this.signal.aborted) return 'cut';
      }
    }
  }

  private async tellGap(gap: StreamGap): Promise<void> {
    if (this.consumer.onGap) await this.consumer.onGap(gap);
    else
      this.logger.warn(
        `${this.place}: entries after ${gap.after} are gone; the first kept one is ${gap.first ?? 'none'}`,
      );
  }
}
