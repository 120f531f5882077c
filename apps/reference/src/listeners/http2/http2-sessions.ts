import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { startTimer } from '@millrace/protocol';

/** Keeps an eye on HTTP/2 connections: ends those nobody uses, and all of them gracefully when asked to. */
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
    const goodbye = startTimer(() => session.close(), this.idleTimeout);
    session.on('stream', (stream: ServerHttp2Stream) => {
      streams += 1;
      goodbye.stop();
      stream.once('close', () => {
        streams -= 1;
        if (streams === 0 && !session.closed) goodbye.restart();
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
