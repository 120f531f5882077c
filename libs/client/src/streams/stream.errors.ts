import type { StreamGap, UnreadableEntry } from '@millrace/protocol';
import { ClientError } from '../errors/client.error.js';
import { WebSocketError } from '../errors/connection.errors.js';

/** The server ended a push or pull socket for good: a bad request, a credential that does not allow it, a message too large. */
export class StreamClosedError extends WebSocketError {
  readonly code = 'STREAM_CLOSED';

  constructor(
    /** WebSocket close code. */
    readonly closeCode: number,
    reason: string,
  ) {
    super(`The server closed the socket (${closeCode}${reason && `: ${reason}`})`);
  }
}

/** The numbers of a producer do not go on from what the server has (stream-store§6). */
export const OUT_OF_SEQUENCE = 4009;

/** Codes that say the same will happen again: reconnecting cannot help. */
const FINAL = new Set([1002, 1003, 1007, 1008, 1009, 3000, 3003]);

/** Whether a close code ends the matter. */
export function isFinal(closeCode: number): boolean {
  return FINAL.has(closeCode);
}

/** A gap, in a pull that was not told what to do with one. */
export class StreamGapError extends ClientError implements StreamGap {
  readonly code = 'STREAM_GAP';
  readonly stream: string;
  readonly after: string;
  readonly first: string | undefined;

  constructor({ stream, after, first }: StreamGap) {
    const kept = first === undefined ? 'none is kept' : `the first one kept is ${first}`;
    super(`Entries of "${stream}" after ${after} are gone; ${kept}. Give onGap to go on there`);
    this.stream = stream;
    this.after = after;
    this.first = first;
  }
}

/** An entry that the server cannot convert, in a pull that was not told what to do with one. */
export class UnreadableEntryError extends ClientError implements UnreadableEntry {
  readonly code = 'UNREADABLE_ENTRY';
  readonly stream: string;
  readonly id: string;
  readonly bytes: number;
  readonly reason: string | undefined;

  constructor({ stream, id, bytes, reason }: UnreadableEntry) {
    super(
      `The entry ${id} of "${stream}" cannot be converted${reason ? ` (${reason})` : ''}. Give onUnreadable to go on`,
    );
    this.stream = stream;
    this.id = id;
    this.bytes = bytes;
    this.reason = reason;
  }
}
