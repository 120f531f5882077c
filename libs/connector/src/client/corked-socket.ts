import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';

/** Writes of one turn of the event loop go out in one system call, and a full send buffer is told. */
export class CorkedSocket {
  private socket: Duplex | undefined;
  private corked = false;

  constructor(private readonly ws: WebSocket) {
    ws.once('upgrade', (response: IncomingMessage) => (this.socket = response.socket));
  }

  /** @returns false when the send buffer is full; wait for {@link drained} before sending more */
  send(text: string): boolean {
    const { socket, ws } = this;
    if (socket && !this.corked) {
      this.corked = true;
      socket.cork();
      process.nextTick(() => {
        this.corked = false;
        socket.uncork();
      });
    }
    ws.send(text);
    return !(socket?.writableNeedDrain ?? false);
  }

  /** Resolves when the send buffer has room again, or the socket has ended. */
  drained(): Promise<void> {
    const { socket } = this;
    if (!socket || socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }
}
