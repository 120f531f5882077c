import { type EntryId, startInterval, startTimer, type StreamGap, type Timer } from '@millrace/protocol';
import type { GroupBatch, GroupMember, GroupOptions, GroupSettings, ReleaseOptions } from '../../api/stream-groups.js';
import type { ReadLimit, StreamStore } from '../../api/stream-store.js';

/** How often a consumer that waits asks all the same: what it would have heard may be lost on the way. */
const LOOK_MS = 5000;

/**
 * A consumer at work in a group. What it was handed out stays its own as long as this lives: it says so again and again, from
 * the first entry on until all are dealt with.
 */
export class GroupConsumer {
  private held = new Set<EntryId>();
  private gap: StreamGap | undefined;
  /** The last ID of the stream, when it has ended and the group has dealt with all of it. */
  ended: EntryId | undefined;
  private confirmedAt = -Infinity;
  private isFresh = false;
  private mayHold = false;
  private callback: (() => void) | undefined;
  private timer: Timer | undefined;
  private closed = false;
  private readonly extending: Timer;
  private unwatch: () => void = () => undefined;

  private constructor(
    private readonly store: StreamStore,
    readonly member: GroupMember,
    readonly settings: GroupSettings,
  ) {
    const extend = (): void => void this.extend().catch(() => undefined);
    this.extending = startInterval(extend, settings.idle / 3).unref();
  }

  /** Opens the group and joins it. @throws as `StreamGroups.open` */
  static async join(store: StreamStore, member: GroupMember, options: GroupOptions = {}): Promise<GroupConsumer> {
    const settings = await store.groups.open(member.stream, member.group, options);
    const joined = new GroupConsumer(store, member, settings);
    try {
      joined.unwatch = await store.groups.watch(member.stream, member.group, () => joined.wake());
    } catch (error) {
      joined.extending.stop();
      throw error;
    }
    return joined;
  }

  /** Whether an entry, or a gap, is not dealt with yet. */
  get isAtWork(): boolean {
    return this.held.size > 0 || this.gap !== undefined;
  }

  async take(limit: ReadLimit): Promise<GroupBatch> {
    this.timer?.stop();
    this.isFresh = false;
    const asked = performance.now();
    const batch = await this.ask(limit);
    this.confirmedAt = asked;
    for (const { id } of batch.entries) this.held.add(id);
    this.gap = batch.gap;
    this.ended = batch.ended;
    const isEmpty = batch.entries.length === 0 && !batch.gap;
    if (isEmpty) this.timer = startTimer(() => this.wake(), Math.min(LOOK_MS, batch.retryIn ?? LOOK_MS)).unref();
    return batch;
  }

  /** Whether an entry was not dealt with, as far as is known without asking. */
  isHeld(id: EntryId): boolean {
    return this.held.has(id);
  }

  /** Whether an entry is still its own: another process may have it once this one stood still. */
  async holds(id: EntryId): Promise<boolean> {
    if (performance.now() - this.confirmedAt > this.settings.idle / 2) await this.extend();
    return this.held.has(id);
  }

  async acknowledge(ids: readonly EntryId[], gap = false): Promise<void> {
    await this.store.groups.acknowledge(this.member, { ids, gap });
    for (const id of ids) this.held.delete(id);
    if (gap) this.gap = undefined;
  }

  async setAside(ids: readonly EntryId[], reason: string): Promise<void> {
    await this.store.groups.setAside(this.member, ids, reason);
    for (const id of ids) this.held.delete(id);
  }

  /** Gives back all that it holds, or some of it. */
  async release(options: ReleaseOptions = {}): Promise<void> {
    await this.store.groups.release(this.member, options);
    if (options.ids) this.held = new Set(await this.store.groups.extend(this.member));
    else this.held.clear();
    if (!options.ids) this.gap = undefined;
  }

  /** Calls back once when there may be something to take. */
  onNews(callback: () => void): void {
    this.callback = callback;
    if (this.isFresh) this.wake();
  }

  /** Resolves when there may be something to take, or the signal aborts. */
  news(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done);
      this.onNews(done);
    });
  }

  /** Leaves the group, and gives back what it holds. @param untouched it was not begun */
  async leave(untouched: boolean): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.callback = undefined;
    this.timer?.stop();
    this.extending.stop();
    this.unwatch();
    await this.store.groups.release(this.member, { untouched, leave: true });
  }

  private async ask(limit: ReadLimit): Promise<GroupBatch> {
    const { groups } = this.store;
    // It may have been handed out what it has never got: only the answer was lost.
    if (this.mayHold) await groups.release(this.member, { untouched: true });
    this.mayHold = true;
    const batch = await groups.take(this.member, limit);
    this.mayHold = false;
    return batch;
  }

  private wake(): void {
    this.isFresh = true;
    const { callback } = this;
    if (!callback || this.closed) return;
    this.callback = undefined;
    this.isFresh = false;
    setImmediate(callback);
  }

  private async extend(): Promise<void> {
    if (!this.isAtWork) return;
    const asked = performance.now();
    const before = [...this.held];
    const kept = new Set(await this.store.groups.extend(this.member));
    this.confirmedAt = asked;
    for (const id of before) if (!kept.has(id)) this.held.delete(id);
  }
}
