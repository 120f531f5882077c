import type { PatternSource } from './pattern-source.js';

/** Instructions of a compiled pattern. More would take too long to compile, whatever the names. */
const MAX_SIZE = 2000;

/** What a class of Unicode characters costs, in instructions: it has hundreds of ranges. */
export const UNICODE_CLASS_SIZE = 24;

/** Characters in a range that cost as much as an instruction, when each is looked at for its other cases. */
const FOLDED_PER_INSTRUCTION = 100;

/** What a range of characters costs, in instructions. */
export function rangeSize(from: number, to: number, foldsCase: boolean): number {
  return foldsCase ? (to - from) / FOLDED_PER_INSTRUCTION : 0;
}

/**
 * Counts the instructions a pattern unfolds to, while it is read: repetitions multiply what they repeat. So a pattern
 * that would take long to compile is refused before it is.
 */
export class ProgramSize {
  /** Sizes of the groups that are open, the whole pattern first. */
  private readonly groups = [0];
  /** Size of the item read last, which a repetition may follow. */
  private item = 0;

  constructor(private readonly source: PatternSource) {}

  add(size: number): void {
    this.item = size;
    this.grow(size);
  }

  open(): void {
    this.groups.push(0);
  }

  close(): void {
    this.item = this.groups.pop() ?? 0;
    this.grow(this.item);
  }

  /** @param most undefined when there is no upper bound */
  repeat(least: number, most: number | undefined): void {
    // An optional copy has an instruction of its own to pass it by.
    const copies = Math.max(1, most ?? least);
    this.grow((copies - 1) * this.item + (most === undefined ? 1 : most - least));
  }

  private grow(size: number): void {
    const at = this.groups.length - 1;
    this.groups[at] = (this.groups[at] ?? 0) + size;
    if ((this.groups[at] ?? 0) > MAX_SIZE)
      this.source.refuse(`it unfolds to more than ${MAX_SIZE} instructions; repeat less, or use fewer classes`);
  }
}
