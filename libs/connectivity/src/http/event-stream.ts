import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { rawRequestOf } from '@millrace/core/http';
import { type HttpRequest, type HttpResponse, isFastifyReply } from './http-types.js';
import type { WatchEvent } from '../api/watch-event.js';
import type { EventPiece, WatchSink } from '../engine/watch/watch-hub.js';

/** Proxies close what is silent for longer. */
const KEEP_ALIVE = 15_000;

/** How long what was written last may take to leave when the stream ends, in milliseconds. */
const FAREWELL = 500;

/** The head goes out at last after so long, so that a watcher who missed nothing knows that it is heard. */
const LATEST_HEAD = 1000;

const HEADERS: OutgoingHttpHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/**
 * One reply of server-sent events. The headers go out with the first event, or a little later, so that an error at the
 * beginning has a status.
 */
export class EventStream implements WatchSink {
  private readonly gone = new AbortController();
  private readonly out: ServerResponse;
  private readonly raw: IncomingMessage;
  private readonly soon: NodeJS.Timeout;
  private timer: NodeJS.Timeout | undefined;
  private withinEvent = false;

  /** @param timeout how long the watcher may take nothing of what waits for it, in milliseconds; 0: for ever */
  constructor(
    request: HttpRequest,
    private readonly response: HttpResponse,
    private readonly timeout: number,
  ) {
    this.raw = rawRequestOf(request);
    this.out = isFastifyReply(response) ? response.raw : response;
    this.soon = setTimeout(() => {
      this.begin();
      this.out.write(': nothing yet\n\n');
    }, LATEST_HEAD);
    this.out.once('close', () => {
      clearTimeout(this.soon);
      clearInterval(this.timer);
      this.gone.abort();
    });
  }

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** Whether the status is decided. */
  get begun(): boolean {
    return this.timer !== undefined;
  }

  async write({ type, index }: WatchEvent, piece: EventPiece, signal: AbortSignal): Promise<void> {
    const { text, isFirst, isLast } = piece;
    this.begin();
    this.withinEvent = !isLast;
    const hasRoom = this.out.write(
      `${isFirst ? `event: ${type}\nid: ${index}\ndata: ` : ''}${text}${isLast ? '\n\n' : ''}`,
    );
    if (hasRoom || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.out.off('drain', done).off('close', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.out.on('drain', done).on('close', done);
      signal.addEventListener('abort', done);
    });
  }

  /**
   * Ends the stream and its connection. A client would keep the connection for further requests, and one that reads
   * nothing would never take the end; a server that is shutting down would wait for both.
   */
  end(): void {
    clearTimeout(this.soon);
    clearInterval(this.timer);
    if (this.signal.aborted) return;
    const { socket } = this.raw;
    const cut = setTimeout(() => socket.destroy(), FAREWELL);
    this.out.once('close', () => clearTimeout(cut));
    this.out.end(() => socket.destroySoon());
  }

  private begin(): void {
    if (this.begun) return;
    clearTimeout(this.soon);
    let headers = HEADERS;
    if (isFastifyReply(this.response)) {
      // What the host's plug-ins put on the reply, for example for cross-origin requests, must not be lost.
      headers = { ...this.response.getHeaders(), ...HEADERS };
      this.response.hijack();
    }
    this.raw.socket.setNoDelay(true);
    this.out.writeHead(200, headers);
    // Node counts bytes the peer takes as activity, so this is the end of those only who take none.
    this.out.setTimeout(this.timeout, () => this.raw.socket.destroy());
    this.timer = setInterval(
      () => this.keepAlive(),
      this.timeout > 0 ? Math.min(KEEP_ALIVE, this.timeout / 2) : KEEP_ALIVE,
    );
    this.timer.unref();
  }

  private keepAlive(): void {
    if (!this.withinEvent && !this.out.writableNeedDrain) this.out.write(': still here\n\n');
  }
}
