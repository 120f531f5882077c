import { type EntryId, type UnreadableEntry, ZERO_ID } from '@millrace/protocol';
import type { StoredEntry, StreamFollower } from '../../api/stream-store.js';
import type { GroupConsumer } from '../groups/group-consumer.js';
import { refusalIn } from '../groups/refusal.js';
import { PAIR_BYTES, type PairBatch, type PairSource } from './pair-source.js';

/**
 * What a pull socket takes as a consumer of groups: one of each of its streams. A batch is of one stream; the next is taken when
 * the client has dealt with it.
 */
export class GroupPull implements PairSource, StreamFollower {
  readonly pairSize = Infinity;
  readonly isOneRun = false;
  private next = 0;
  /** Of the batch under way: who it was handed to, and what the client has of it and not dealt with. */
  private current: GroupConsumer | undefined;
  private sent: EntryId[] = [];
  private isGapSent = false;
  private settling: Promise<void> = Promise.resolve();
  closed = false;

  constructor(
    private readonly consumers: readonly GroupConsumer[],
    private readonly count: number,
    private readonly onClose: () => void,
  ) {}

  /** A group keeps its places itself: of a stream that has ended the last ID. */
  get cursors(): readonly EntryId[] {
    return this.consumers.map(({ ended = ZERO_ID }) => ended);
  }

  get ended(): readonly string[] {
    return this.consumers.filter(({ ended }) => ended !== undefined).map(({ member }) => member.stream);
  }

  skipTo(): void {
    // What is handed out has to be dealt with.
  }

  async take(): Promise<PairBatch> {
    await this.settling;
    for (let tries = 0; tries < this.consumers.length && !this.closed; tries += 1) {
      const consumer = this.consumers[this.next] as GroupConsumer;
      this.next = (this.next + 1) % this.consumers.length;
      const { entries, gap } = await consumer.take({ count: this.count, maxBytes: PAIR_BYTES });
      this.current = consumer;
      if (entries.length > 0 || gap) return { entries, gaps: gap ? [gap] : [], shared: false };
    }
    return { entries: [], gaps: [], shared: false };
  }

  /** Entries that go to the client: those that were given back meanwhile do not. */
  toSend(entries: readonly StoredEntry[]): readonly StoredEntry[] {
    const held = entries.filter(({ id }) => this.current?.isHeld(id));
    this.sent = held.map(({ id }) => id);
    return held;
  }

  /** @param waits whether the client hears of the gap, and is to notice it */
  gapSent(waits: boolean): void {
    this.isGapSent = true;
    if (!waits) this.settling = this.dealtWith();
  }

  /** What cannot be converted for the client is not lost: it is set aside. */
  unreadable(entries: readonly UnreadableEntry[]): void {
    const { current } = this;
    const settling = this.settling;
    this.settling = (async () => {
      await settling;
      for (const { id, reason } of entries) await current?.setAside([id], reason ?? 'It cannot be converted');
    })();
  }

  /** Takes the client's answer to what it was sent. @throws MillraceError for one that makes no sense */
  async settle(text: Buffer | undefined): Promise<void> {
    const { current, sent } = this;
    const refusal = text && refusalIn(text);
    if (!current || !refusal) return this.dealtWith();
    const { ids = sent, delay, aside } = refusal;
    const refused = sent.filter((id) => ids.includes(id));
    // In an ordered group what lies behind the first goes back as well.
    const first = refused[0] === undefined ? -1 : sent.indexOf(refused[0]);
    const dealt =
      current.settings.ordered && aside === undefined && first >= 0 ? sent.slice(0, first) : without(sent, refused);
    if (aside !== undefined && refused.length > 0) await current.setAside(refused, aside);
    await current.acknowledge(dealt, this.isGapSent);
    if (aside === undefined && refused.length > 0) await current.release({ ids: refused, delay });
    this.sent = [];
    this.isGapSent = false;
  }

  private async dealtWith(): Promise<void> {
    const { current, sent, isGapSent } = this;
    this.sent = [];
    this.isGapSent = false;
    await current?.acknowledge(sent, isGapSent);
  }

  onNews(callback: () => void): void {
    let isCalled = false;
    const once = (): void => {
      if (isCalled) return;
      isCalled = true;
      callback();
    };
    for (const consumer of this.consumers) consumer.onNews(once);
  }

  /** What was handed out goes to others at once. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose();
    // Where it fails, others get it after the idle time.
    for (const consumer of this.consumers) void consumer.leave(false).catch(() => undefined);
  }
}

function without(ids: readonly EntryId[], taken: readonly EntryId[]): EntryId[] {
  const gone = new Set(taken);
  return ids.filter((id) => !gone.has(id));
}
