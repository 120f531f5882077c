import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { SignsOfLife, startInterval } from '@millrace/protocol';
import { WebSocket } from 'ws';
import { ProtocolError } from '../../errors/connection.errors.js';
import { BufferedEvents } from '../buffered-events.js';
import type { ClientSocket, DialRequest, SocketEvents } from '../socket.interface.js';
import { classifyFailure } from './classify-failure.js';
import { contextOf } from './trusted-authorities.js';

/** A reason given with a refused handshake; more is not read. */
const MAX_REASON = 16 * 1024;
const REASON_TIMEOUT = 500;

/** How often it is looked for signs of life while a peer may be silent. */
const LOOKS = 4;

/** Dials from Node by the `ws` package. */
export async function wsDialer(request: DialRequest, trust = contextOf): Promise<ClientSocket> {
  const { url, headers, signal } = request;
  const secureContext = request.tls && (await trust(request.tls));
  signal.throwIfAborted();
  const ws = new WebSocket(url, {
    headers: { ...headers },
    followRedirects: true,
    maxRedirects: 10,
    perMessageDeflate: false,
    maxPayload: request.maxMessageBytes,
    ...(secureContext && { secureContext }),
  });
  const socket = new WsSocket(ws);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => fail(signal.reason as Error);
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      // WsSocket has an error listener, so ending a half-open socket raises nothing.
      ws.terminate();
      reject(error);
    };
    ws.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      if (request.silence) socket.watch(request.silence);
      resolve(socket);
    });
    ws.once('error', (error) => fail(classifyFailure(error)));
    ws.once('unexpected-response', (_request, response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      const refuse = (body: string): void =>
        fail(new ProtocolError(`The server answered the handshake with HTTP ${status}`, { status, body }));
      void readReason(response).then(refuse);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** The server's own words, as far as they come. */
async function readReason(response: IncomingMessage): Promise<string> {
  let text = '';
  // Some keep the connection open after a refusal without saying where it ends.
  const timer = setTimeout(() => response.destroy(), REASON_TIMEOUT);
  try {
    response.setEncoding('utf8');
    for await (const part of response) {
      text += String(part);
      if (text.length > MAX_REASON) break;
    }
  } catch {
    // What came has to do: the status is known.
  } finally {
    clearTimeout(timer);
  }
  return text.slice(0, MAX_REASON);
}

const readText = (path: string): Promise<string> => readFile(path, 'latin1');

/** A {@link ClientSocket} over the `ws` package. */
export class WsSocket implements ClientSocket {
  private readonly events = new BufferedEvents();
  private broken: Error | undefined;
  private life: SignsOfLife | undefined;

  constructor(private readonly ws: WebSocket) {
    // A Buffer arrives for text as well; only the flag tells.
    ws.on('message', (data: Buffer, isBinary: boolean) => this.events.message(isBinary ? data : data.toString()));
    ws.once('upgrade', ({ socket }: IncomingMessage) => (this.life = new SignsOfLife(socket, readText)));
    ws.on('error', (error) => (this.broken ??= new ProtocolError(error.message, { cause: error })));
    ws.on('close', (code, reason) => this.events.close(code, reason.toString(), this.brokenFrame()));
  }

  get open(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    // With a callback, failures do not surface as errors of the socket; its close event tells the story.
    this.ws.send(data, () => undefined);
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }

  listen(events: SocketEvents): void {
    this.events.listen(events);
  }

  /**
   * Drops the connection when there was no sign of life for so long. Each look that finds none is followed by a ping, which
   * every peer answers: so silence means that the way is cut, and not that nothing is new. Silence is counted in looks, since
   * a process that stands still looks no more than it reads.
   */
  watch(silence: number): void {
    let silentLooks = 0;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) return;
      looking = true;
      silentLooks = (await this.life?.renew()) ? 0 : silentLooks + 1;
      looking = false;
      // The first one came at any time after the last sign.
      if (silentLooks > LOOKS) this.ws.terminate();
      else if (silentLooks > 0) this.ws.ping(() => undefined);
    };
    const timer = startInterval(() => void look(), silence / LOOKS);
    timer.unref();
    this.ws.once('close', () => timer.stop());
  }

  /** Errors of the network (ECONNRESET, …) are ordinary closures; those of the frame parser are the peer's fault. */
  private brokenFrame(): Error | undefined {
    const cause = this.broken?.cause as NodeJS.ErrnoException | undefined;
    return cause?.code?.startsWith('WS_ERR_') ? this.broken : undefined;
  }
}
