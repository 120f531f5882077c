import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { rawRequestOf } from '@millrace/core';
import { type HttpRequest, type HttpResponse, isFastifyReply } from '../http/http-types.js';
import type { WatchEvent } from '../registry/connection-change.js';
import type { WatchSink } from './watch-hub.js';

/** Proxies close what is silent for longer. */
const KEEP_ALIVE = 15_000;

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

  constructor(
    request: HttpRequest,
    private readonly response: HttpResponse,
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

  async write({ type, index }: WatchEvent, json: string): Promise<void> {
    this.begin();
    if (this.out.write(`event: ${type}\nid: ${index}\ndata: ${json}\n\n`) || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.out.off('drain', done).off('close', done);
        resolve();
      };
      this.out.on('drain', done).on('close', done);
    });
  }

  end(): void {
    clearTimeout(this.soon);
    clearInterval(this.timer);
    this.out.end();
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
    this.timer = setInterval(() => this.out.write(': still here\n\n'), KEEP_ALIVE);
    this.timer.unref();
  }
}
