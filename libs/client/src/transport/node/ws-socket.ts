import type { WebSocket } from 'ws';
import { ProtocolError } from '../../errors/protocol.error.js';
import { BufferedEvents } from '../buffered-events.js';
import type { ClientSocket, SocketEvents } from '../socket.interface.js';

/** A {@link ClientSocket} over the `ws` package. */
export class WsSocket implements ClientSocket {
  private readonly events = new BufferedEvents();
  private broken: Error | undefined;

  constructor(private readonly ws: WebSocket) {
    // A Buffer arrives for text as well; only the flag tells.
    ws.on('message', (data: Buffer, isBinary: boolean) => this.events.message(isBinary ? data : data.toString()));
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
   * Drops the connection when nothing at all has come for so long. Half way a ping is sent, which every peer answers: so
   * silence means that the way is cut, and not that nothing is new.
   */
  watch(silence: number): void {
    let pinged = false;
    const timer = setInterval(() => {
      if (pinged) this.ws.terminate();
      else this.ws.ping(() => undefined);
      pinged = true;
    }, silence / 2);
    timer.unref();
    const alive = (): void => {
      if (pinged) timer.refresh();
      pinged = false;
    };
    for (const event of ['message', 'ping', 'pong']) this.ws.on(event, alive);
    this.ws.once('close', () => clearInterval(timer));
  }

  /** Errors of the network (ECONNRESET, …) are ordinary closures; those of the frame parser are the peer's fault. */
  private brokenFrame(): Error | undefined {
    const cause = this.broken?.cause as NodeJS.ErrnoException | undefined;
    return cause?.code?.startsWith('WS_ERR_') ? this.broken : undefined;
  }
}
