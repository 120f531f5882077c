import type { SocketEvents } from './socket.interface.js';

/** Keeps what a socket says until somebody listens: frames may arrive in the same moment the handshake ends. */
export class BufferedEvents implements SocketEvents {
  private listener: SocketEvents | undefined;
  private waiting: ((listener: SocketEvents) => void)[] = [];

  listen(listener: SocketEvents): void {
    for (const deliver of this.waiting) deliver(listener);
    this.waiting = [];
    this.listener = listener;
  }

  message(data: string | Uint8Array): void {
    this.deliver((listener) => listener.message(data));
  }

  close(code: number, reason: string, error?: Error): void {
    this.deliver((listener) => listener.close(code, reason, error));
  }

  private deliver(event: (listener: SocketEvents) => void): void {
    if (this.listener) event(this.listener);
    else this.waiting.push(event);
  }
}
