import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { MillraceError } from '../errors/millrace.error.js';

/** How long an answer may take to be written, and to leave, once a body was given up, in milliseconds. */
const FAREWELL = 1000;

interface Pace {
  /** In milliseconds, of which an error tells. */
  readonly window: number;
  readonly minBytes: number;
  /** Looks within a window. */
  readonly looks: number;
}

/** The stream of a request that came by HTTP/2. */
export function streamOf(request: IncomingMessage): ServerHttp2Stream | undefined {
  return request.httpVersionMajor === 2 ? (request as unknown as { stream: ServerHttp2Stream }).stream : undefined;
}

/** One body on its way: counts what comes, and gives the request up when that is too little. */
export class BodyArrival {
  private bytes = 0;
  private looks = 0;
  private isGivenUp = false;
  private readonly stream: ServerHttp2Stream | undefined;
  private readonly push: IncomingMessage['push'];

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly pace: Pace,
  ) {
    this.stream = streamOf(request);
    this.push = request.push.bind(request);
    request.push = (chunk: Buffer | null, encoding) => {
      // The rest of a body that was given up is nobody's.
      if (this.isGivenUp) return true;
      if (chunk) this.bytes += chunk.length;
      return this.push(chunk, encoding);
    };
  }

  /** Called at equal pauses. @returns whether there is nothing more to look at */
  look(): boolean {
    const { request, pace } = this;
    if (request.complete || request.destroyed) return true;
    if (!this.isAwaited) return false;
    this.looks += 1;
    if (this.looks < pace.looks) return false;
    if (this.bytes < pace.minBytes) {
      this.giveUp();
      return true;
    }
    this.looks = 0;
    this.bytes = 0;
    return false;
  }

  /** Whether the server would take more of the body at once, so that it is the sender who does not give it. */
  private get isAwaited(): boolean {
    const { request, stream } = this;
    if (request.readableLength >= request.readableHighWaterMark) return false;
    // A stream of HTTP/2 is not read before its request is.
    if (stream && !stream.readableFlowing) return false;
    return request.readableFlowing !== false || request.listenerCount('readable') > 0;
  }

  /** The body fails for its reader, as if it had been cut off; but the connection is still there for an answer. */
  private giveUp(): void {
    const { request, response } = this;
    this.isGivenUp = true;
    if (response.headersSent || request.listenerCount('error') === 0) {
      this.cut();
      return;
    }
    const timer = setTimeout(() => this.cut(), FAREWELL);
    response.once('close', () => clearTimeout(timer));
    request.unpipe();
    request.emit('error', new SlowBodyError(this.pace));
    if (!this.stream) {
      response.shouldKeepAlive = false;
      // Node would cut the connection before the answer.
      request.complete = true;
    }
    // Express waits for the end before it goes on with an error.
    this.push(null);
    request.resume();
  }

  private cut(): void {
    if (this.stream) this.stream.close(constants.NGHTTP2_CANCEL);
    else this.request.socket.destroy();
  }
}

/** A body did not come in time. */
class SlowBodyError extends MillraceError {
  /** Where Fastify looks for it. */
  readonly statusCode: number;

  constructor({ window, minBytes }: Pace) {
    super(
      'TOO_SLOW',
      `The body comes too slowly: it must end, or ${minBytes} bytes of it must come, within ${window} ms`,
    );
    this.statusCode = this.getStatus();
  }
}
