import { tooManyStreams } from '../too-many-streams.js';

/** How long a count of all streams holds: other processes add theirs. */
const COUNTED_MS = 5000;

/** The streams that are known to exist, so that their limit is kept without a look at Redis for each append. */
export class KnownStreams {
  private readonly known = new Set<string>();
  private countedAt = -Infinity;

  constructor(
    private readonly limit: number,
    private readonly list: () => Promise<string[]>,
  ) {}

  has(stream: string): boolean {
    return this.known.has(stream);
  }

  /** Counts streams that are about to begin. @throws MillraceError when there are too many */
  async admit(streams: readonly string[]): Promise<void> {
    if (Date.now() - this.countedAt > COUNTED_MS) {
      const names = await this.list();
      this.countedAt = Date.now();
      this.known.clear();
      for (const name of names) this.known.add(name);
    }
    const fresh = streams.filter((stream) => !this.known.has(stream));
    if (this.known.size + fresh.length > this.limit) throw tooManyStreams(this.limit);
    for (const stream of fresh) this.known.add(stream);
  }

  forget(stream: string): void {
    this.known.delete(stream);
  }

  /** Counts anew next time: an append failed, so whether its streams have begun is not known. */
  expire(): void {
    this.countedAt = -Infinity;
  }
}
