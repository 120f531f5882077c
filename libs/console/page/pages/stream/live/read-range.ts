import type { PullOptions } from '@millrace/client/browser';
import { compareIds } from '@millrace/protocol';
import { server } from '../../../app/servers.js';
import { timeOfId } from '../../../parts/formats/format.js';
import { WorkInParts } from '../../../parts/loading/work-in-parts.js';
import { idBefore } from '../../../parts/formats/position.js';
import type { NewItem } from './entry-log.js';
import { conversionOf, gapItem, type Reading, unreadableItem } from './reading.js';

/** Some entries of a stream, oldest first, with marks where there is none. */
export interface Range {
  readonly items: readonly NewItem[];
  /** Nothing lies beyond, as far as the server keeps it. */
  readonly isAll: boolean;
}

/** What is read. */
export interface RangeOptions {
  readonly stream: string;
  readonly reading: Reading;
  /** Items, at the most. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** Bytes of one range, at the most. */
const MOST_BYTES = 48_000_000;

const NOTHING: Range = { items: [], isAll: true };

/** Entries from an ID on, that of the ID among them. */
export async function readFrom(first: string, options: RangeOptions): Promise<Range> {
  const { stream, most, signal } = options;
  const { lastGeneratedId } = await server('streams').streams.info(stream, { signal });
  if (compareIds(first, lastGeneratedId) > 0) return NOTHING;
  const items: NewItem[] = [];
  let bytes = 0;
  const range = {
    after: idBefore(first),
    onGap: (gap: Parameters<typeof gapItem>[0]) => void items.push(gapItem(gap)),
  };
  for await (const size of readInto(items, range, options)) {
    bytes += size;
    if (items.length >= most || bytes > MOST_BYTES) return { items, isAll: false };
  }
  return { items, isAll: true };
}

/**
 * The entries right before an ID. The server gives entries forwards only: so it is asked for a span of time, and for a longer one as
 * long as that holds too few.
 *
 * @param span milliseconds in which there may be about as many entries as are wanted
 */
export async function readBefore(id: string, span: number, options: RangeOptions): Promise<Range> {
  const { stream, most, signal } = options;
  const { firstEntry } = await server('streams').streams.info(stream, { signal });
  if (firstEntry === undefined || compareIds(firstEntry, id) >= 0) return NOTHING;
  const firstTime = timeOfId(firstEntry);
  for (let width = Math.max(1, Math.round(span)); ; width *= 8) {
    const from = timeOfId(id) - width;
    const isStart = from <= firstTime;
    const last = await lastBetween(isStart ? firstEntry : `${from}-0`, idBefore(id), options);
    if (isStart || !last.isAll || last.items.length >= most) return { ...last, isAll: isStart && last.isAll };
  }
}

/** The last entries between two IDs; `isAll`: there are no others. */
async function lastBetween(first: string, until: string, options: RangeOptions): Promise<Range> {
  const last: NewItem[] = [];
  let bytes = 0;
  let isAll = true;
  const work = new WorkInParts();
  // What is gone before the first entry is not news here.
  const range = { after: idBefore(first), until, onGap: () => undefined };
  for await (const size of readInto(last, range, options)) {
    bytes += size;
    while (last.length > options.most || (bytes > MOST_BYTES && last.length > 1)) {
      const [gone] = last.splice(0, 1);
      bytes -= gone?.kind === 'entry' ? gone.data.length : 0;
      isAll = false;
    }
    if (work.isLong) await work.rest();
  }
  return { items: last, isAll };
}

/** Adds what the server gives to a list, and tells the size of each entry once it is in it. */
async function* readInto(
  items: NewItem[],
  range: PullOptions,
  { stream, reading, signal }: RangeOptions,
): AsyncGenerator<number, void, undefined> {
  const options: PullOptions = {
    ...range,
    ...conversionOf(reading),
    follow: false,
    signal,
    onUnreadable: (entry) => void items.push(unreadableItem(entry)),
  };
  for await (const { id, data } of server('streams').streams.pull(stream, options)) {
    items.push({ kind: 'entry', id, data });
    yield data.length;
  }
}
