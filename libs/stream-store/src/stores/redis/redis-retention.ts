import type { StreamMetadata } from '@millrace/protocol';
import type { StreamRetention } from '../../stream-store.options.js';
import { type Bounds, boundsOf } from '../bounds.js';
import type { RedisClient } from '@millrace/core/redis';
import type { RedisKeys } from './redis-keys.js';
import { TRIM_BYTES } from './scripts.js';

/** How long the metadata of a stream are taken as known: another process may change them. */
const KNOWN_MS = 5000;
const AGE_CHECK_MS = 1000;
const SWEEP_MS = 10_000;

interface Known {
  bounds: Bounds | undefined;
  /** When the metadata were asked for, by the clock that nobody sets; so is `agedAt`. */
  readAt: number;
  agedAt: number;
  /** Bytes appended by this process since the bytes kept were looked at. */
  bytes: number;
}

/**
 * Bounds streams. The count is kept by each append itself (`MAXLEN ~`); age and bytes, which Redis does not know, by a trim
 * after it. A stream whose metadata were not read yet is not trimmed until they are: never by the wrong limit.
 */
export class RedisRetention {
  private readonly known = new Map<string, Known>();
  private readonly sweeping: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly retention: StreamRetention,
    private readonly metadataOf: (stream: string) => Promise<StreamMetadata | undefined>,
  ) {
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeping.unref();
  }

  /** Entries that an append may leave in a stream; 0 while that is not known. */
  maxLength(stream: string): number {
    const known = this.entry(stream);
    if (performance.now() - known.readAt > KNOWN_MS) this.read(stream, known);
    return known.bounds?.maxLength ?? 0;
  }

  /** To be called when entries are kept. */
  appended(stream: string, bytes: number): void {
    const known = this.known.get(stream);
    if (!known) return;
    known.bytes += bytes;
    this.trim(stream, known);
  }

  /** To be called when the metadata of a stream were set. */
  changed(stream: string, metadata: StreamMetadata): void {
    const known = this.entry(stream);
    known.readAt = performance.now();
    this.bind(stream, known, metadata);
  }

  forget(stream: string): void {
    this.known.delete(stream);
  }

  close(): void {
    clearInterval(this.sweeping);
  }

  private entry(stream: string): Known {
    let known = this.known.get(stream);
    if (!known) {
      known = { bounds: undefined, readAt: -Infinity, agedAt: -Infinity, bytes: 0 };
      this.known.set(stream, known);
    }
    return known;
  }

  private read(stream: string, known: Known): void {
    known.readAt = performance.now();
    this.metadataOf(stream)
      .then((metadata) => {
        if (this.known.get(stream) === known) this.bind(stream, known, metadata);
      })
      // Redis is away: the next append tries again.
      .catch(() => (known.readAt = -Infinity));
  }

  private bind(stream: string, known: Known, metadata: StreamMetadata | undefined): void {
    const bounds = boundsOf(this.retention, metadata);
    const same = known.bounds && JSON.stringify(known.bounds) === JSON.stringify(bounds);
    known.bounds = bounds;
    if (same) return;
    known.agedAt = -Infinity;
    known.bytes = Infinity;
    this.quietly(this.redis.xtrim(this.keys.stream(stream), 'MAXLEN', '~', bounds.maxLength));
    this.trim(stream, known);
  }

  private trim(stream: string, known: Known): void {
    const { maxAge = Infinity, maxBytes = Infinity } = known.bounds ?? {};
    const key = this.keys.stream(stream);
    if (maxBytes !== Infinity && known.bytes > maxBytes / 8) {
      known.bytes = 0;
      this.quietly(this.redis.eval(TRIM_BYTES, 1, key, maxBytes));
    }
    const now = performance.now();
    if (maxAge !== Infinity && now - known.agedAt >= Math.min(AGE_CHECK_MS, maxAge / 10)) {
      known.agedAt = now;
      this.quietly(this.redis.xtrim(key, 'MINID', String(Math.max(0, Math.floor(Date.now() - maxAge)))));
    }
  }

  /** Entries grow old in streams without appends, too. */
  private sweep(): void {
    for (const [stream, known] of this.known) this.trim(stream, known);
  }

  /** A trim runs in the background; if it fails, the next one removes the entries. */
  private quietly(trim: Promise<unknown>): void {
    trim.catch(() => undefined);
  }
}
