import { type EntryId, formatId, ZERO_ID } from '@millrace/protocol';
import { parseId, precedingParts } from '../../../engine/entry-id.js';
import type { Tails } from '../../following/tails.js';
import { type ReadEntry, takeEnd } from '../end-marker.js';

/** What was seen of a followed stream; another object once the stream, or following it, begins anew. */
export interface Followed {
  /** The ID that was read last; of a stream that has ended that of the mark. */
  last: EntryId;
  /** The last ID of a stream that has ended. */
  endOf: EntryId | undefined;
  /** Entries may have been trimmed before they were read: the reader was behind, or disconnected. */
  mayHaveMissed: boolean;
  /** Another program keeps something else under its key now: not asked for, or the read of all others would fail with it. */
  isSetAside: boolean;
  /** Entries that were ever added up to the last one seen, as Redis counts them; undefined where that is not known. */
  added: number | undefined;
}

/** The followed streams by their names, and the way of what is read to their tails. */
export class FollowedStreams extends Map<string, Followed> {
  constructor(private readonly tails: Tails) {
    super();
  }

  begin(stream: string, last: EntryId, isSetAside = false): void {
    this.set(stream, { last, endOf: undefined, mayHaveMissed: false, isSetAside, added: undefined });
  }

  /**
   * The stream is another one than that which was followed: its readers are told a gap.
   *
   * @param last its last ID as it is now
   */
  beginAnew(stream: string, followed: Followed, last: EntryId): void {
    // Another follower may have begun to follow it anew meanwhile.
    if (this.get(stream) !== followed) return;
    this.begin(stream, last);
    this.tails.get(stream)?.restart(last);
  }

  /** Sets a stream aside under whose key there is something else now: its readers ask the storage, which tells them. */
  setAside(stream: string, followed: Followed): void {
    if (followed.isSetAside || this.get(stream) !== followed) return;
    this.begin(stream, ZERO_ID, true);
    this.tails.get(stream)?.restart(ZERO_ID);
  }

  /** @param missed whether entries before these are gone which nobody has read */
  accept(stream: string, followed: Followed, entries: ReadEntry[], missed: boolean): void {
    const last = entries.at(-1);
    if (!last || this.get(stream) !== followed) return;
    const tail = this.tails.get(stream);
    followed.last = last.id;
    if (followed.added !== undefined) followed.added = missed ? undefined : followed.added + entries.length;
    followed.endOf = takeEnd(entries);
    const [first] = entries;
    const before = first ? formatId(precedingParts(parseId(first.id))) : followed.endOf;
    // Readers in front of it ask the storage, which tells them of the gap.
    if (missed && before !== undefined) tail?.breakAt(before);
    if (first) tail?.push(entries);
    if (followed.endOf !== undefined) tail?.markEnd();
  }
}
