import { BINARY_FRAME, frameHeader, TEXT_FRAME } from '@millrace/core/sockets';
import { writePairHeader } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-entry.js';

/** Data from this size on are written as they are; below it, copying them into one buffer is cheaper than one more write. */
const COPY_BELOW = 32 * 1024;

/**
 * Encodes message pairs as whole WebSocket frames: a text message `[[stream, ID, start], …]`, then a binary message with
 * the entries one after another (stream-store§7 #15).
 */
export function encodePair(entries: readonly StoredEntry[], from: number, to: number, out: FrameList): void {
  let length = 0;
  for (let index = from; index < to; index += 1) length += (entries[index] as StoredEntry).data.length;
  out.text(writePairHeader(entries, from, to));
  out.header(BINARY_FRAME, length);
  for (let index = from; index < to; index += 1) out.data((entries[index] as StoredEntry).data);
}

/** Gathers frames: small pieces in shared buffers, large ones by reference. */
export class FrameList {
  readonly parts: Buffer[] = [];
  /** Bytes gathered. */
  length = 0;
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
    this.length += length;
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
    this.length += data.length;
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
    this.length += bytes.length;
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
