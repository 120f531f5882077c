import type { Letter } from './letters.js';

/** An instance, and what has to be sent to it. */
export class Recipient {
  private letters: Letter[] = [];
  private isPaused = false;
  /** When it began that it could not be reached. */
  private failingSince: number | undefined;

  constructor(readonly instance: string) {}

  get isEmpty(): boolean {
    return this.letters.length === 0;
  }

  /** Whether there is something that can be sent now. */
  get isDue(): boolean {
    return !this.isEmpty && !this.isPaused;
  }

  add(letter: Letter): void {
    this.letters.push(letter);
  }

  /** The first ones, up to a number of bytes and at least one; none during a pause. */
  take(room: number): readonly Letter[] {
    if (this.isPaused) return [];
    let bytes = 0;
    const end = this.letters.findIndex(({ data }, index) => {
      bytes += data.length;
      return index > 0 && bytes > room;
    });
    return this.letters.splice(0, end < 0 ? Infinity : end);
  }

  /** They were not sent: they go first after a pause. @returns false when that has lasted too long, in milliseconds */
  putBack(letters: readonly Letter[], patience: number): boolean {
    this.letters = [...letters, ...this.letters];
    this.isPaused = true;
    this.failingSince ??= performance.now();
    return performance.now() - this.failingSince < patience;
  }

  reached(): void {
    this.failingSince = undefined;
  }

  resume(): void {
    this.isPaused = false;
  }
}
