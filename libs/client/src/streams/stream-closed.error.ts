import { WebSocketError } from '../errors/web-socket.error.js';

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

/** Codes that say the same will happen again: reconnecting cannot help. */
const FINAL = new Set([1002, 1003, 1007, 1008, 1009, 3000, 3003]);

/** Whether a close code ends the matter. */
export function isFinal(closeCode: number): boolean {
  return FINAL.has(closeCode);
}
