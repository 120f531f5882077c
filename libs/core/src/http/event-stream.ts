import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { EVENT_STREAM, LONGEST_TIMER, serverSentComment, startInterval, type Timer } from '@millrace/protocol';
import { drained } from '../sockets/connection/send-buffer.js';
import { NO_SNIFFING } from './answer-headers.js';
import { endConnection, type FrameworkResponse, isFastifyReply, rawResponseOf } from './framework-response.js';
import { rawRequestOf } from './raw-body.js';

/** Proxies close what is silent for longer. */
const KEEP_ALIVE = 15_000;

/** The head goes out after this time at the latest, so that a client without news knows that it is connected. */
const LATEST_HEAD = 1000;

const HEADERS: OutgoingHttpHeaders = {
  ...NO_SNIFFING,
  'Content-Type': `${EVENT_STREAM}; charset=utf-8`,
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

export interface EventStreamOptions {
  /** How long the client may take nothing of what waits for it, in milliseconds; 0 for no limit. */
  readonly timeout: number;
}

/**
 * One answer of server-sent events, on Express and on Fastify. The headers go out with the first event, or a little later, so
 * that an error at the beginning has a status.
 *
 * @example
 * ```ts
 * const stream = new EventStream(request, response, { timeout: 30_000 });
 * for await (const event of events(stream.signal)) await stream.write(serverSentEvent({ data: JSON.stringify(event) }));
 * stream.end();
 * ```
 */
export class EventStream {
  /**
   * Resolves once the status is decided. A route that returns then, and leaves the rest to itself, is no longer under way to
   * interceptors of the host, such as one with a time limit.
   */
  readonly opened: Promise<void>;
  private open: () => void = () => undefined;
  private readonly gone = new AbortController();
  private readonly out: ServerResponse;
  private readonly raw: IncomingMessage;
  private readonly soon: NodeJS.Timeout;
  private timer: Timer | undefined;
  private withinEvent = false;

  constructor(
    request: object,
    private readonly response: FrameworkResponse,
    private readonly options: EventStreamOptions,
  ) {
    this.opened = new Promise((resolve) => (this.open = resolve));
    this.raw = rawRequestOf(request);
    this.out = rawResponseOf(response);
    this.soon = setTimeout(() => {
      this.begin();
      this.out.write(serverSentComment('nothing yet'));
    }, LATEST_HEAD);
    this.out.once('close', () => {
      clearTimeout(this.soon);
      this.timer?.stop();
      this.gone.abort();
    });
  }

  /** Aborts when the client has gone, or the stream has ended. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** Whether the status is decided: an error can no longer have one. */
  get begun(): boolean {
    return this.timer !== undefined;
  }

  /**
   * Writes text of events; resolves when there is room for more.
   *
   * @param isWhole false where the text ends within an event, whose rest follows
   * @param signal no longer waits for room once it aborts
   */
  async write(text: string, isWhole = true, signal: AbortSignal = this.signal): Promise<void> {
    this.begin();
    this.withinEvent = !isWhole;
    if (this.out.write(text) || signal.aborted) return;
    // One listener of the answer, however many wait; it hears of the end too.
    const room = drained(this.out);
    await (signal === this.signal ? room : untilAborted(room, signal));
  }

  /** Ends the stream and its connection. */
  end(): void {
    clearTimeout(this.soon);
    this.timer?.stop();
    if (this.signal.aborted) return;
    endConnection(this.out);
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
    const { timeout } = this.options;
    // Node counts bytes that the peer takes as activity, so this ends only those that take none.
    this.out.setTimeout(Math.min(timeout, LONGEST_TIMER), () => this.raw.socket.destroy());
    const pause = timeout > 0 ? Math.min(KEEP_ALIVE, timeout / 2) : KEEP_ALIVE;
    this.timer = startInterval(() => this.keepAlive(), pause).unref();
    this.open();
  }

  private keepAlive(): void {
    if (this.withinEvent || this.out.writableNeedDrain) return;
    this.out.write(serverSentComment('still here'));
  }
}

/** Resolves with the promise, or as soon as the signal aborts. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (onAbort = () => resolve()));
  signal.addEventListener('abort', onAbort);
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', onAbort);
}
