import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { corkForTurn, drained } from '@millrace/core/sockets';
import type { WebSocket } from 'ws';

/** Sends what is written in one turn of the event loop in one system call, and reports a full send buffer. */
export class CorkedSocket {
  private socket: Duplex | undefined;

  constructor(private readonly ws: WebSocket) {
    ws.once('upgrade', (response: IncomingMessage) => (this.socket = response.socket));
  }

  /** @returns false when the send buffer is full; wait for {@link drained} before sending more */
  send(text: string): boolean {
    const { socket, ws } = this;
    if (socket) corkForTurn(socket);
    ws.send(text);
    return !(socket?.writableNeedDrain ?? false);
  }

  /** Resolves when the send buffer has room again, or the socket has ended. */
  drained(): Promise<void> {
    return this.socket ? drained(this.socket) : Promise.resolve();
  }
}
