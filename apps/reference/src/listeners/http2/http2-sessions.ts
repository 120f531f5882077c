import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { startTimer } from '@millrace/protocol';
import { ResetBudget } from './reset-budget.js';

/**
 * Keeps an eye on HTTP/2 connections: ends those nobody uses, those on which too many requests are given up, and all of them
 * gracefully when asked to.
 */
export class Http2Sessions {
  private readonly sessions = new Set<ServerHttp2Session>();
  private closing = false;

  /** @param idleTimeout how long a connection without a request is kept, in milliseconds */
  constructor(private readonly idleTimeout: number) {}

  add(session: ServerHttp2Session): void {
    if (this.closing) {
      session.close();
      return;
    }
    this.sessions.add(session);
    let streams = 0;
    const resets = new ResetBudget();
    const goodbye = startTimer(() => session.close(), this.idleTimeout);
    session.on('stream', (stream: ServerHttp2Stream) => {
      streams += 1;
      goodbye.stop();
      stream.once('close', () => {
        streams -= 1;
        if (wasReset(stream) && !resets.take()) tooMuch(session);
        else if (streams === 0 && !session.closed) goodbye.restart();
      });
    });
    session.once('close', () => {
      goodbye.stop();
      this.sessions.delete(session);
    });
  }

  /** Says goodbye on every connection; requests under way are answered. */
  close(): void {
    this.closing = true;
    for (const session of this.sessions) session.close();
  }
}

/** By its client, with or without an error, or for a fault of its client. */
function wasReset({ aborted, rstCode }: ServerHttp2Stream): boolean {
  return aborted || rstCode !== constants.NGHTTP2_NO_ERROR;
}

/** Ends a connection and whatever is under way on it. */
function tooMuch(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  // Without an error, which would reach each request under way.
  session.destroy();
}
