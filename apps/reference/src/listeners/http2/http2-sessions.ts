import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { startTimer } from '@millrace/protocol';

/** Keeps an eye on HTTP/2 connections: ends those nobody uses, and all of them gracefully when asked to. */
export class Http2Sessions {
  private readonly sessions = new Set<ServerHttp2Session>();
  private closing = false;

  /**
   * @param idleTimeout how long a connection without a request is kept, in milliseconds
   * @param requestTimeout how long a request may take to come, its body included, in milliseconds
   */
  constructor(
    private readonly idleTimeout: number,
    private readonly requestTimeout: number,
  ) {}

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
      this.limit(stream);
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

  /** Ends a request whose body does not come: it would hold a place of its connection forever. */
  private limit(stream: ServerHttp2Stream): void {
    if (stream.endAfterHeaders) return;
    const late = startTimer(() => stream.close(constants.NGHTTP2_CANCEL), this.requestTimeout);
    const done = (): void => late.stop();
    stream.once('end', done).once('close', done);
  }

  /** Says goodbye on every connection; requests under way are answered. */
  close(): void {
    this.closing = true;
    for (const session of this.sessions) session.close();
  }
}
