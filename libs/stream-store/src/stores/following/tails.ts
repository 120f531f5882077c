import type { EntryId } from '../../api/stream-entry.js';
import { StreamTail, type TailReader } from './stream-tail.js';

/** Bytes that the tails of all followed streams share, and what one gets at the least and at the most. */
const TOTAL = 128 * 1024 * 1024;
const LEAST = 64 * 1024;
const MOST = 2 * 1024 * 1024;

/** What the tails ask of their store, and report to it. */
export interface TailSource {
  /** The last ID of a stream, which its tail begins behind. */
  start(stream: string): EntryId | Promise<EntryId>;
  /** A stream is now followed from an ID on, or no longer followed (undefined). */
  changed(stream: string, from: EntryId | undefined): void;
}

/** The tails of all followed streams; one begins with its first reader and goes with its last. */
export class Tails {
  private readonly tails = new Map<string, StreamTail>();

  constructor(private readonly source: TailSource) {}

  get size(): number {
    return this.tails.size;
  }

  get(stream: string): StreamTail | undefined {
    return this.tails.get(stream);
  }

  /** The tail of a stream, kept for a reader until {@link release}. */
  hold(stream: string, reader: TailReader): StreamTail | Promise<StreamTail> {
    const known = this.tails.get(stream);
    if (known) {
      known.followers.add(reader);
      return known;
    }
    const start = this.source.start(stream);
    // Where the driver answers at once the tail begins in the same turn: no append comes between.
    if (typeof start === 'string') return this.begin(stream, reader, start);
    return start.then((lastId) => this.begin(stream, reader, lastId));
  }

  release(streams: readonly string[], reader: TailReader): void {
    for (const stream of streams) {
      const tail = this.tails.get(stream);
      tail?.followers.delete(reader);
      if (!tail || tail.followers.size > 0) continue;
      this.tails.delete(stream);
      this.source.changed(stream, undefined);
    }
  }

  private begin(stream: string, reader: TailReader, lastId: EntryId): StreamTail {
    // Another reader may have begun it meanwhile.
    let tail = this.tails.get(stream);
    if (!tail) {
      tail = new StreamTail(lastId, () => Math.max(LEAST, Math.min(MOST, TOTAL / this.tails.size)));
      this.tails.set(stream, tail);
      this.source.changed(stream, lastId);
    }
    tail.followers.add(reader);
    return tail;
  }
}
