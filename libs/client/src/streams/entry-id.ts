/** Compares two IDs of the form `<milliseconds>-<sequence>`, by value: negative, 0 or positive, as for sorting. */
export function compareIds(left: string, right: string): number {
  const [leftMs, leftSequence] = partsOf(left);
  const [rightMs, rightSequence] = partsOf(right);
  if (leftMs !== rightMs) return leftMs < rightMs ? -1 : 1;
  if (leftSequence === rightSequence) return 0;
  return leftSequence < rightSequence ? -1 : 1;
}

/** Both are unsigned 64-bit numbers, of which a number of JavaScript cannot hold all. */
function partsOf(id: string): [ms: bigint, sequence: bigint] {
  const [ms = '', sequence = '0'] = id.split('-');
  return [BigInt(ms), BigInt(sequence)];
}

/** Gives IDs that only grow: the clock's milliseconds, or after the last one where the clock is behind. */
export class IdClock {
  private ms = 0n;
  private sequence = 0n;

  /** Goes on after this ID. */
  passed(id: string): void {
    const [ms, sequence] = partsOf(id);
    if (ms < this.ms || (ms === this.ms && sequence <= this.sequence)) return;
    this.ms = ms;
    this.sequence = sequence;
  }

  next(): string {
    const now = BigInt(Date.now());
    if (now > this.ms) {
      this.ms = now;
      this.sequence = 0n;
    } else this.sequence += 1n;
    return `${this.ms}-${this.sequence}`;
  }
}
