import { BINARY_FRAME, frameHeader, TEXT_FRAME } from '@millrace/core/sockets';
import { writePairHeader } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';

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
  const pairs: Pair[] = [];
  let expected = 0;
  for (let from = 0; from < entries.length; from += count) {
    const to = Math.min(from + count, entries.length);
    const pieces = piecesOf(entries, from, to);
    for (const { length } of pieces) if (length < COPY_BELOW) expected += length;
    pairs.push({ from, to, pieces });
  }
  for (const { stream } of entries) expected += stream.length + HEADER_BYTES;
  const frames = new FrameList(Math.min(expected, 1024 * 1024));
  for (const pair of pairs) encodePair(entries, pair, frames);
  return frames.finish();
}

/** Data from this size on are written as they are; below it, copying them into one buffer is cheaper than one more write. */
const COPY_BELOW = 32 * 1024;

interface Pair {
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Buffer[];
}

/** The data of entries. Those that were stored together lie one behind the other, and are one piece. */
function piecesOf(entries: readonly StoredEntry[], from: number, to: number): Buffer[] {
  if (to - from === 1) return [(entries[from] as StoredEntry).data];
  const pieces: Buffer[] = [];
  for (let index = from; index < to;) {
    const { data } = entries[index] as StoredEntry;
    const { buffer, byteOffset } = data;
    let { length } = data;
    for (index += 1; index < to; index += 1) {
      const next = (entries[index] as StoredEntry).data;
      if (next.buffer !== buffer || next.byteOffset !== byteOffset + length) break;
      length += next.length;
    }
    pieces.push(length === data.length ? data : Buffer.from(buffer, byteOffset, length));
  }
  return pieces;
}

/**
 * Encodes message pairs as whole WebSocket frames: a text message `[[stream, ID, start], …]`, then a binary message with
 * the entries one after another (stream-store§7 #15).
 */
function encodePair(entries: readonly StoredEntry[], { from, to, pieces }: Pair, out: FrameList): void {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  out.text(writePairHeader(entries, from, to));
  out.header(BINARY_FRAME, length);
  for (const piece of pieces) out.data(piece);
}

/** Gathers frames: small pieces in shared buffers, large ones by reference. */
class FrameList {
  private readonly parts: Buffer[] = [];
  private buffer: Buffer = EMPTY;
  private used = 0;
  private sent = 0;

  /** @param expected bytes that will probably be needed; it saves moving to a new buffer */
  constructor(private readonly expected: number) {}

  text(text: string): void {
    // An ASCII text, which almost every header is, has as many bytes as characters.
    const length = Buffer.byteLength(text);
    this.header(TEXT_FRAME, length);
    this.reserve(length);
    this.used += this.buffer.write(text, this.used);
  }

  header(kind: typeof TEXT_FRAME | typeof BINARY_FRAME, length: number): void {
    this.copy(frameHeader(kind, length));
  }

  data(data: Buffer): void {
    if (data.length < COPY_BELOW) {
      this.copy(data);
      return;
    }
    this.close();
    this.parts.push(data);
  }

  /** The frames, in order. Nothing may be added afterwards. */
  finish(): readonly Buffer[] {
    this.close();
    return this.parts;
  }

  private copy(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private reserve(bytes: number): void {
    if (this.buffer.length - this.used >= bytes) return;
    this.close();
    this.buffer = Buffer.allocUnsafeSlow(Math.max(bytes, this.expected, 1024));
    this.used = 0;
    this.sent = 0;
  }

  private close(): void {
    if (this.used > this.sent) this.parts.push(this.buffer.subarray(this.sent, this.used));
    this.sent = this.used;
  }
}

const EMPTY = Buffer.alloc(0);
