import { tooManyStreams } from '../too-many-streams.js';

/** How long a count of all streams is taken as true: other processes add theirs. */
const COUNTED_MS = 5000;

/** Knows which streams there are, so that a limit can be kept without a look at Redis for each append. */
export class StreamCensus {
  private readonly known = new Set<string>();
  private countedAt = -Infinity;

  constructor(
    private readonly limit: number,
    private readonly list: () => Promise<string[]>,
  ) {}

  knows(stream: string): boolean {
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

  /** A batch was refused: whether its streams have begun is not known. */
  doubt(): void {
    this.countedAt = -Infinity;
  }
}
