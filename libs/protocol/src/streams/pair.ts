import type { EntryId } from './entry-id.js';
import type { SkippedEntries, StreamEntry, StreamGap, UnreadableEntry } from './stream-entry.js';

/** The text message of a pair: stream, id and start of each entry of the binary message after it (stream-store§7). */
export type PairHeader = readonly (readonly [stream: string, id: string, start: number])[];

/** A text message in place of a pair: entries that were asked for are gone. */
export interface GapNotice {
  readonly gap: StreamGap;
}

/** The same for an entry that cannot be converted. */
export interface UnreadableNotice {
  readonly unreadable: UnreadableEntry;
}

/** The same for entries that were passed over before those of the next pair. */
export interface SkippedNotice {
  readonly skipped: SkippedEntries;
}

/** The same for a stream that has ended, when all of it was sent. */
export interface EndNotice {
  readonly end: { readonly stream: string; readonly last: EntryId };
}

/** Writes the header of the entries `from` (included) to `to` (not included). */
export function writePairHeader(entries: readonly StreamEntry[], from: number, to: number): string {
  let text = '[';
  let start = 0;
  for (let index = from; index < to; index += 1) {
    const { stream, id, data } = entries[index] as StreamEntry;
    text += `${index === from ? '' : ','}[${JSON.stringify(stream)},"${id}",${start}]`;
    start += data.length;
  }
  return `${text}]`;
}

/** Tells headers and notices apart, among them the cursors of a pull: IDs by the names of the streams. Undefined for anything else. */
export function readPairHeader(
  value: unknown,
):
  | PairHeader
  | GapNotice
  | UnreadableNotice
  | SkippedNotice
  | EndNotice
  | { readonly cursors: Readonly<Record<string, EntryId>> }
  | undefined {
  if (Array.isArray(value)) return value as PairHeader;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('gap' in value || 'unreadable' in value || 'skipped' in value || 'end' in value)
    return value as GapNotice | UnreadableNotice | SkippedNotice | EndNotice;
  const { cursors } = value as { cursors?: unknown };
  return typeof cursors === 'object' && cursors !== null
    ? { cursors: cursors as Readonly<Record<string, EntryId>> }
    : undefined;
}

/** Cuts the entries out of the binary message of a pair. */
export function* cutPair(header: PairHeader, blob: Uint8Array): Generator<StreamEntry> {
  for (const [index, [stream, id, start]] of header.entries()) {
    const data = blob.subarray(start, header[index + 1]?.[2] ?? blob.length);
    // A copy where there are several: a view would keep the whole message in memory.
    yield { stream, id, data: header.length === 1 ? data : new Uint8Array(data) };
  }
}
