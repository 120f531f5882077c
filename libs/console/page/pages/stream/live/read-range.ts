import type { StreamEntry, StreamGap } from '@millrace/client/browser';
import { compareIds } from '@millrace/protocol';
import { server } from '../../../app/servers.js';
import { timeOfId } from '../../../parts/format.js';
import { nextTask } from '../../../parts/next-task.js';
import { idBefore } from '../../../parts/position.js';

/** Some entries of a stream, oldest first. */
export interface Range {
  readonly entries: readonly StreamEntry[];
  readonly gaps: readonly StreamGap[];
  /** Nothing lies beyond, as far as the server keeps it. */
  readonly isAll: boolean;
}

/** Bytes of one range, at the most. */
const MOST_BYTES = 48_000_000;

/** Entries from an ID on, that of the ID among them. */
export async function readFrom(stream: string, first: string, most: number, signal: AbortSignal): Promise<Range> {
  const { streams } = server('streams');
  const { lastGeneratedId } = await streams.info(stream, { signal });
  if (compareIds(first, lastGeneratedId) > 0) return { entries: [], gaps: [], isAll: true };
  const entries: StreamEntry[] = [];
  const gaps: StreamGap[] = [];
  let bytes = 0;
  const after = idBefore(first);
  for await (const entry of streams.pull(stream, {
    after,
    follow: false,
    signal,
    onGap: (gap) => void gaps.push(gap),
  })) {
    entries.push(entry);
    bytes += entry.data.length;
    if (entries.length >= most || bytes > MOST_BYTES) return { entries, gaps, isAll: false };
  }
  return { entries, gaps, isAll: true };
}

/**
 * The entries right before an ID. The server gives entries forwards only: so it is asked for a span of time, and for a longer one as
 * long as that holds too few.
 *
 * @param span milliseconds in which there may be about as many entries as are wanted
 */
export async function readBefore(
  stream: string,
  id: string,
  most: number,
  span: number,
  signal: AbortSignal,
): Promise<Range> {
  const { firstEntry } = await server('streams').streams.info(stream, { signal });
  if (firstEntry === undefined || compareIds(firstEntry, id) >= 0) return { entries: [], gaps: [], isAll: true };
  const firstTime = timeOfId(firstEntry);
  for (let width = Math.max(1, Math.round(span)); ; width *= 8) {
    const from = timeOfId(id) - width;
    const isStart = from <= firstTime;
    const last = await lastBetween(stream, isStart ? firstEntry : `${from}-0`, idBefore(id), most, signal);
    if (isStart || !last.isAll || last.entries.length >= most) return { ...last, isAll: isStart && last.isAll };
  }
}

/** The last entries between two IDs; `isAll`: there are no others. */
async function lastBetween(
  stream: string,
  first: string,
  until: string,
  most: number,
  signal: AbortSignal,
): Promise<Range> {
  const last: StreamEntry[] = [];
  let bytes = 0;
  let isAll = true;
  let since = performance.now();
  // What is gone is told where the list begins.
  const onGap = (): void => undefined;
  for await (const entry of server('streams').streams.pull(stream, {
    after: idBefore(first),
    until,
    follow: false,
    signal,
    onGap,
  })) {
    last.push(entry);
    bytes += entry.data.length;
    while (last.length > most || (bytes > MOST_BYTES && last.length > 1)) {
      bytes -= last.shift()!.data.length;
      isAll = false;
    }
    if (performance.now() - since > LONGEST_WORK) {
      await nextTask();
      since = performance.now();
    }
  }
  return { entries: last, gaps: [], isAll };
}

/** Milliseconds of work before the browser may draw. */
export const LONGEST_WORK = 8;
