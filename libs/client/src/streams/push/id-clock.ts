import { compareParts, type EntryId, formatId, nextParts, readIdParts, ZERO_PARTS } from '@millrace/protocol';

/** Gives ids that only grow: the clock's milliseconds, or after the last one where the clock is behind. */
export class IdClock {
  private last = ZERO_PARTS;

  /** Goes on after this id. */
  passed(id: EntryId): void {
    const parts = readIdParts(id);
    if (parts && compareParts(parts, this.last) > 0) this.last = parts;
  }

  next(): EntryId {
    const next = nextParts(this.last, BigInt(Date.now()));
    if (!next) throw new RangeError('The stream has used the greatest ID there is');
    this.last = next;
    return formatId(next);
  }
}
