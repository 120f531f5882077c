import type { StreamEntry } from '@millrace/client/browser';
import { compareIds } from '@millrace/protocol';
import { signal } from '@preact/signals';
import { server } from '../../../app/servers.js';
import { timeOfId } from '../../../parts/formats/format.js';
import { WorkInParts } from '../../../parts/loading/work-in-parts.js';
import { EntryLog, type LogCounts, type LogItem, type NewItem } from './entry-log.js';
import type { Matcher } from './filter.js';
import { type Range, type RangeOptions, readBefore, readFrom } from './read-range.js';
import { conversionOf, gapItem, type Reading, unreadableItem } from './reading.js';

/** Milliseconds from one change of what is shown to the next: more often than that nobody reads. */
const PAINT_EVERY = 100;
/** Entries that are there at first, and that one step to older or newer ones gives. */
const PAGE = 100;
const STEP = 200;
/** Entries that one such step looks at where a filter holds most of them back. */
const FILTERED_STEP = 2000;

/** Follows the end of the stream, or stands at a place in it. */
export type LiveMode = 'live' | 'place';

/** What the page of one stream shows: it takes entries as they come, and changes what is shown at most ten times a second. */
export class LiveFeed {
  private log = new EntryLog();
  private matches: Matcher | undefined;
  /** The last ID that came: a feed that begins again goes on behind it. */
  private last: string | undefined;
  /** How far was looked to both sides, whatever the filter held back. */
  private oldest: string | undefined;
  private newest: string | undefined;
  private frame = 0;
  private painted = -Infinity;
  private closed = false;

  readonly items = signal<readonly LogItem[]>([]);
  readonly counts = signal<LogCounts>(this.log.counts);
  readonly mode = signal<LiveMode>('live');
  /** What is shown stands still; what comes is counted. */
  readonly isHeld = signal(false);
  /** Entries that came since it stands still. */
  readonly waiting = signal(0);
  readonly isEnded = signal(false);
  readonly isWaiting = signal(true);
  /** Nothing older, or newer, than what is in the list. */
  readonly isAtStart = signal(false);
  readonly isAtEnd = signal(false);
  private heldAt = 0;

  constructor(
    private readonly stream: string,
    private readonly reading: Reading,
  ) {}

  /** Takes what is new until the signal aborts or the stream has ended; at first also the newest that are there. */
  async follow(ending: AbortSignal, alive: () => void): Promise<void> {
    const { streams } = server('streams');
    let old: string | undefined;
    if (this.last === undefined) old = (await streams.info(this.stream, { signal: ending })).lastGeneratedId;
    alive();
    this.isWaiting.value = false;
    const work = new WorkInParts();
    for await (const entry of streams.pull(this.stream, {
      after: this.last ?? '*',
      count: PAGE,
      signal: ending,
      ...conversionOf(this.reading),
      onGap: (gap) => this.addMark(gapItem(gap)),
      onUnreadable: (entry) => {
        this.last = entry.id;
        this.addMark(unreadableItem(entry));
      },
    })) {
      alive();
      this.take(entry, old === undefined || compareIds(entry.id, old) > 0);
      if (work.isLong) await work.rest();
    }
    this.isEnded.value = true;
  }

  /** Stands at a place: shows the entries from there on. */
  async goTo(id: string, ending: AbortSignal): Promise<void> {
    const range = await readFrom(id, this.rangeOf(this.step, ending));
    this.reset('place');
    this.isWaiting.value = false;
    this.oldest = range.items[0]?.id ?? id;
    this.newest = range.items.at(-1)?.id ?? id;
    this.isAtEnd.value = range.isAll;
    for (const item of this.matching(range)) this.log.add(item, false);
    this.paintNow();
  }

  /** Puts older entries below those that are shown, and follows no more. @returns how many entries it looked at */
  async older(ending: AbortSignal): Promise<number> {
    const before = this.oldestShown();
    if (before === undefined) return 0;
    if (this.mode.value === 'live') this.stand();
    const range = await readBefore(before, this.spanOfStep(), this.rangeOf(this.step, ending));
    this.oldest = range.items[0]?.id ?? before;
    this.isAtStart.value = range.isAll;
    const items = this.matching(range);
    const { length } = this.log;
    this.log.addOlder(items);
    if (this.log.length < length + items.length) {
      // The newest had to make room.
      this.newest = this.log.ends[1];
      this.isAtEnd.value = false;
    }
    this.paintNow();
    return range.items.length;
  }

  /** Puts newer entries above those that are shown. @returns how many entries it looked at */
  async newer(ending: AbortSignal): Promise<number> {
    const at = this.newest ?? '0-0';
    const range = await readFrom(at, this.rangeOf(this.step + 1, ending));
    const items = range.items.filter(({ id }) => compareIds(id, at) > 0);
    this.newest = items.at(-1)?.id ?? at;
    this.isAtEnd.value = range.isAll;
    const { left } = this.log.counts;
    for (const item of this.matching({ ...range, items })) this.log.add(item, false);
    if (this.log.counts.left > left) {
      // The oldest had to make room.
      this.oldest = this.log.ends[0];
      this.isAtStart.value = false;
    }
    this.paintNow();
    return items.length;
  }

  /** Begins anew, following. */
  reset(mode: LiveMode): void {
    this.log = new EntryLog();
    this.last = this.oldest = this.newest = undefined;
    this.mode.value = mode;
    this.isHeld.value = this.isEnded.value = this.isAtStart.value = this.isAtEnd.value = false;
    this.isWaiting.value = true;
    this.paintNow();
  }

  /** Holds back what does not match, also of what is shown. */
  filter(matches: Matcher | undefined): void {
    this.matches = matches;
    const isWanted = (item: LogItem): boolean => item.kind !== 'entry' || !matches || matches(item.data);
    this.log.keep(isWanted);
    // What stands still is searched too.
    if (this.isHeld.value) this.items.value = this.items.value.filter(isWanted);
    this.paintNow();
  }

  /** Lets what is shown stand still, or move again. */
  hold(isHeld: boolean): void {
    if (this.isHeld.value === isHeld) return;
    this.heldAt = this.log.counts.taken;
    this.isHeld.value = isHeld;
    this.waiting.value = 0;
    if (!isHeld) this.paintNow();
  }

  close(): void {
    this.closed = true;
    cancelAnimationFrame(this.frame);
  }

  private get step(): number {
    return this.matches ? FILTERED_STEP : STEP;
  }

  /** Follows no more, and keeps what is shown. */
  private stand(): void {
    const shown = [...this.items.value].reverse();
    this.log = new EntryLog();
    for (const item of shown) this.log.add(item, false);
    this.oldest = shown[0]?.id;
    this.newest = shown.at(-1)?.id;
    this.mode.value = 'place';
    this.isHeld.value = false;
  }

  private oldestShown(): string | undefined {
    return this.mode.value === 'place' ? this.oldest : this.items.value.at(-1)?.id;
  }

  /** Milliseconds in which about as many entries lie as one step gives, by those that are shown. */
  private spanOfStep(): number {
    const shown = this.items.value;
    const [newest, oldest] = [shown[0], shown.at(-1)];
    if (!newest || !oldest || shown.length < 2) return 1000;
    return ((timeOfId(newest.id) - timeOfId(oldest.id)) / shown.length) * this.step * 1.25;
  }

  private take(entry: StreamEntry, isNew: boolean): void {
    this.last = entry.id;
    if (this.matches && !this.matches(entry.data)) {
      if (isNew) this.log.pass(entry.data.length);
    } else this.log.add({ kind: 'entry', id: entry.id, data: entry.data }, isNew);
    this.paintSoon();
  }

  private addMark(mark: NewItem): void {
    this.log.add(mark);
    this.paintSoon();
  }

  private rangeOf(most: number, signal: AbortSignal): RangeOptions {
    return { stream: this.stream, reading: this.reading, most, signal };
  }

  private matching({ items }: Range): readonly NewItem[] {
    const { matches } = this;
    return matches ? items.filter((item) => item.kind !== 'entry' || matches(item.data)) : items;
  }

  private paintSoon(): void {
    if (this.frame !== 0 || this.closed) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      if (now - this.painted < PAINT_EVERY) this.paintSoon();
      else this.paint(now);
    });
  }

  private paintNow(): void {
    this.paint(performance.now());
  }

  private paint(now: number): void {
    this.painted = now;
    this.counts.value = this.log.counts;
    if (this.isHeld.value) this.waiting.value = this.log.counts.taken - this.heldAt;
    else this.items.value = this.log.show();
  }
}
