import { compareIds, type EntryId, formatId, type StreamGap } from '@millrace/protocol';
import type {
  Dealt,
  GroupBatch,
  GroupConsumer,
  GroupEntry,
  GroupSettings,
  ReleaseOptions,
} from '../../api/stream-groups.js';
import type { ReadLimit, ReadResult, StoredEntry } from '../../api/stream-store.js';
import { parseId, precedingParts } from '../../engine/entry-id.js';
import { AsideList } from './aside-list.js';
import { type Claim, mostDeliveries, nextFree } from './claim.js';
import type { GroupRecord } from './group-record.js';
import { givenDelay, MOST_PENDING, MOST_TAKEN, tooOften } from './group-rules.js';
import { ConsumerTurns } from './consumer-turns.js';

/** What a group asks of the store. */
export interface GroupSource {
  read(after: EntryId, limit: ReadLimit): ReadResult;
  /** Sets an entry aside. @param entry undefined when the stream does not keep it any more */
  putAside(claim: { id: EntryId; deliveries: number; consumer: string }, reason: string, entry?: StoredEntry): void;
}

/**
 * One group of a store that lives in one process: all that it does happens at once, in memory. The times are of this process;
 * what was held when an earlier one ended is free.
 */
export class LocalGroup {
  settings: GroupSettings;
  readonly aside: AsideList;
  dropped: number;
  private last: EntryId;
  private claims: Map<EntryId, Claim>;
  private gap: (NonNullable<GroupRecord['gap']> & { consumer?: string; until: number }) | undefined;
  private readonly consumers = new Map<string, number>();
  private readonly turns = new ConsumerTurns();
  readonly listeners = new Set<() => void>();

  constructor(
    private readonly stream: string,
    { last, pending, aside, dropped, gap, ...settings }: GroupRecord,
    private readonly source: GroupSource,
  ) {
    this.settings = settings;
    this.last = last;
    this.aside = new AsideList(aside);
    this.dropped = dropped;
    if (gap) this.gap = { ...gap, until: 0 };
    this.claims = new Map(pending.map(([id, deliveries]) => [id, { id, deliveries, consumer: undefined, until: 0 }]));
  }

  get record(): GroupRecord {
    const { settings, last, claims, aside, dropped, gap } = this;
    return {
      ...settings,
      last,
      pending: [...claims.values()].map(({ id, deliveries }) => [id, deliveries] as const),
      aside: aside.entries,
      dropped,
      ...(gap ? { gap: { after: gap.after, first: gap.first } } : {}),
    };
  }

  get pending(): number {
    return this.claims.size;
  }

  get attempts(): number {
    return mostDeliveries(this.claims.values());
  }

  get position(): EntryId {
    return this.last;
  }

  get members(): GroupConsumer[] {
    const now = performance.now();
    return [...this.consumers].map(([consumer, at]) => ({
      consumer,
      pending: this.heldBy(consumer).length,
      attempts: mostDeliveries(this.claims.values(), consumer),
      idle: Math.round(now - at),
    }));
  }

  take(consumer: string, limit: ReadLimit): GroupBatch {
    const now = performance.now();
    this.consumers.set(consumer, now);
    const setAside: EntryId[] = [];
    for (;;) {
      const waits = this.waits(consumer, now);
      if (waits !== undefined) return { entries: [], retryIn: Math.ceil(waits), setAside };
      const gap = this.tellGap(consumer, now);
      if (gap) return { entries: [], gap, setAside };
      const free = this.firstFree(now, limit.count);
      const [first] = free;
      if (first && first.deliveries >= this.settings.maxDeliveries) {
        this.moveAside(first, consumer, tooOften(first.deliveries));
        setAside.push(first.id);
        continue;
      }
      const entries = first ? this.again(free, consumer, now) : this.takeNew(consumer, now, limit);
      if (!entries) continue;
      if (entries.length > 0) this.turns.done(consumer);
      if (entries.length > 0) return { entries, setAside };
      const isOver = this.claims.size === 0 && this.source.read(this.last, { count: 1 }).ended;
      if (isOver) return { entries, setAside, ended: this.last };
      const retryIn = nextFree(this.claims.values(), now);
      return { entries, setAside, ...(retryIn === undefined ? {} : { retryIn: Math.ceil(retryIn) }) };
    }
  }

  acknowledge(consumer: string, { ids = [], gap = false }: Dealt): number {
    const now = performance.now();
    let held = 0;
    for (const id of ids) if (this.claims.get(id)?.consumer === consumer && this.claims.delete(id)) held += 1;
    if (gap && this.gap?.consumer === consumer) this.gap = undefined;
    this.extend(consumer);
    this.freed(now);
    return held;
  }

  release(consumer: string, { ids, delay, untouched = false, leave = false }: ReleaseOptions): void {
    const now = performance.now();
    const until = now + givenDelay(delay);
    for (const claim of this.chosen(consumer, ids)) {
      claim.consumer = undefined;
      claim.until = until;
      if (untouched) claim.deliveries = Math.max(0, claim.deliveries - 1);
    }
    if (!ids && this.gap?.consumer === consumer) this.gap.until = 0;
    if (leave) {
      this.consumers.delete(consumer);
      this.turns.done(consumer);
    }
    this.freed(now);
  }

  setAside(consumer: string, ids: readonly EntryId[], reason: string): void {
    const wanted = new Set(ids);
    for (const claim of this.heldBy(consumer)) if (wanted.has(claim.id)) this.moveAside(claim, consumer, reason);
    this.freed(performance.now());
  }

  extend(consumer: string): EntryId[] {
    const now = performance.now();
    this.consumers.set(consumer, now);
    const held = this.heldBy(consumer);
    for (const claim of held) claim.until = now + this.settings.idle;
    if (this.gap?.consumer === consumer) this.gap.until = now + this.settings.idle;
    return held.map(({ id }) => id);
  }

  /** Goes on behind another ID. What is held, and a gap that is not acknowledged, are forgotten; what was set aside stays. */
  moveTo(last: EntryId): void {
    this.last = last;
    this.claims.clear();
    this.gap = undefined;
    this.freed(performance.now());
  }

  /** Hands an entry out again that was set aside; it must be kept by the stream. */
  requeue(id: EntryId): boolean {
    if (!this.find(id)) return false;
    this.claims.set(id, { id, deliveries: 0, consumer: undefined, until: 0 });
    this.claims = new Map([...this.claims].sort(([a], [b]) => compareIds(a, b)));
    return true;
  }

  wake(): void {
    for (const listener of this.listeners) listener();
  }

  find(id: EntryId): StoredEntry | undefined {
    const [entry] = this.source.read(formatId(precedingParts(parseId(id))), { count: 1 }).entries;
    return entry?.id === id ? entry : undefined;
  }

  /** Milliseconds for which there is nothing for a consumer, since others hold it or come first. */
  private waits(consumer: string, now: number): number | undefined {
    const wait = this.heldFor(consumer, now);
    if (wait !== undefined) this.turns.waits(consumer, now);
    return wait;
  }

  private heldFor(consumer: string, now: number): number | undefined {
    const { gap } = this;
    if (gap?.consumer !== undefined && gap.consumer !== consumer && gap.until > now) return gap.until - now;
    if (!this.settings.ordered) return undefined;
    let until = Infinity;
    for (const claim of this.claims.values()) {
      if (claim.consumer !== undefined && claim.until > now) until = Math.min(until, claim.until);
    }
    if (until !== Infinity) return until - now;
    const [first] = this.claims.values();
    if (first && first.until > now) return first.until - now;
    return this.turns.left(consumer, now) || undefined;
  }

  private tellGap(consumer: string, now: number): StreamGap | undefined {
    const { gap } = this;
    if (!gap) return undefined;
    gap.consumer = consumer;
    gap.until = now + this.settings.idle;
    return { stream: this.stream, after: gap.after, first: gap.first };
  }

  /** What may be handed out again: one that was at work before by itself, or several of which none was begun. */
  private firstFree(now: number, count: number): Claim[] {
    const free: Claim[] = [];
    for (const claim of this.claims.values()) {
      if (claim.until > now) continue;
      // From here on its consumer holds it no more, also when it comes back.
      claim.consumer = undefined;
      if (free.length === 0 || (claim.deliveries === 0 && free[0]?.deliveries === 0 && free.length < count))
        free.push(claim);
    }
    return free;
  }

  private again(free: readonly Claim[], consumer: string, now: number): GroupEntry[] | undefined {
    const entries: GroupEntry[] = [];
    for (const claim of free) {
      const entry = this.find(claim.id);
      if (!entry) {
        if (entries.length > 0) break;
        this.lose(claim.id);
        return undefined;
      }
      entries.push(this.handOut(claim, entry, consumer, now));
    }
    return entries;
  }

  /** The stream no longer keeps an entry that was handed out, nor those before it. */
  private lose(id: EntryId): void {
    for (const claim of [...this.claims.values()]) {
      if (claim.consumer === undefined && compareIds(claim.id, id) >= 0 && this.find(claim.id)) break;
      if (claim.consumer === undefined) this.claims.delete(claim.id);
    }
    const after = formatId(precedingParts(parseId(id)));
    this.gap = { after, first: this.source.read(id, { count: 1 }).entries[0]?.id, until: 0 };
  }

  /** Undefined when there is a gap to be told first. */
  private takeNew(consumer: string, now: number, { count, maxBytes = Infinity }: ReadLimit): GroupEntry[] | undefined {
    const most = Math.min(this.settings.maxDeliveries === 1 ? 1 : count, MOST_TAKEN, MOST_PENDING - this.pending);
    if (most <= 0) return [];
    const { entries, gap, cursor } = this.source.read(this.last, { count: most, maxBytes });
    if (gap) {
      this.last = cursor ?? this.last;
      this.gap = { after: gap.after, first: gap.first, until: 0 };
      return undefined;
    }
    this.last = entries.at(-1)?.id ?? this.last;
    return entries.map((entry) => {
      const claim = { id: entry.id, deliveries: 0, consumer: undefined, until: 0 };
      this.claims.set(entry.id, claim);
      return this.handOut(claim, entry, consumer, now);
    });
  }

  private handOut(claim: Claim, entry: StoredEntry, consumer: string, now: number): GroupEntry {
    claim.consumer = consumer;
    claim.until = now + this.settings.idle;
    claim.deliveries += 1;
    return { ...entry, deliveries: claim.deliveries };
  }

  private moveAside(claim: Claim, consumer: string, reason: string): void {
    const { id, deliveries } = claim;
    this.source.putAside({ id, deliveries, consumer }, reason, this.find(id));
    this.claims.delete(id);
  }

  private heldBy(consumer: string): Claim[] {
    return [...this.claims.values()].filter((claim) => claim.consumer === consumer);
  }

  private chosen(consumer: string, ids: readonly EntryId[] | undefined): Claim[] {
    const held = this.heldBy(consumer);
    if (!ids) return held;
    const wanted = new Set(ids);
    if (!this.settings.ordered) return held.filter(({ id }) => wanted.has(id));
    const first = held.findIndex(({ id }) => wanted.has(id));
    return first < 0 ? [] : held.slice(first);
  }

  private freed(now: number): void {
    for (const { consumer, until } of this.claims.values()) if (consumer !== undefined && until > now) return;
    this.turns.freed(now);
    this.wake();
  }
}
