import type { StoredEntry } from '../../api/stream-entry.js';
import { encodePair, FrameList } from './pair-encoder.js';

/** What the header of one entry costs, about. */
const HEADER_BYTES = 80;

interface CachedFrames {
  readonly last: StoredEntry;
  readonly count: number;
  readonly frames: readonly Buffer[];
}

/**
 * Frames of runs of entries. Followers that keep up are handed the same entry objects, so one run is encoded once for
 * all of them; an entry that goes takes its frames along.
 */
export class FrameCache {
  private readonly cached = new WeakMap<StoredEntry, CachedFrames>();

  /** Frames of a run of entries of one stream, as pairs of at most `count` entries. */
  framesOf(entries: readonly StoredEntry[], count: number, shared: boolean): readonly Buffer[] {
    const first = entries[0];
    const last = entries.at(-1);
    if (!first || !last) return [];
    if (!shared) return encodeRun(entries, count);
    const known = this.cached.get(first);
    if (known?.last === last && known.count === count) return known.frames;
    const frames = encodeRun(entries, count);
    this.cached.set(first, { last, count, frames });
    return frames;
  }
}

function encodeRun(entries: readonly StoredEntry[], count: number): readonly Buffer[] {
  let expected = 0;
  for (const { data, stream } of entries) expected += data.length + stream.length + HEADER_BYTES;
  const frames = new FrameList(Math.min(expected, 1024 * 1024));
  for (let from = 0; from < entries.length; from += count) {
    encodePair(entries, from, Math.min(from + count, entries.length), frames);
  }
  return frames.finish();
}
