import type { Duplex } from 'node:stream';
import { MillraceError } from '@millrace/core/errors';

interface Waiter {
  readonly socket: Duplex;
  take(): void;
}

/** Handshakes that may wait at a time; more are refused at once. */
const MAX_WAITING = 100;

/**
 * A limited number of places for clients. One too many is left waiting: the reference client takes an unanswered
 * handshake for "service unavailable" and tries again, any answer for a fault (rpc§1.5 #S5).
 */
export class ClientPlaces {
  private taken = 0;
  private readonly waiting: Waiter[] = [];

  constructor(private readonly limit: number) {}

  /** Resolves when a place is free; it is given back when the socket closes. */
  async acquire(socket: Duplex): Promise<void> {
    if (this.taken >= this.limit) await this.wait(socket);
    else this.taken += 1;
    if (socket.destroyed) this.release();
    else socket.once('close', () => this.release());
  }

  private async wait(socket: Duplex): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) {
      throw new MillraceError(
        'UNAVAILABLE',
        `The server has its most clients (${this.limit}), and ${MAX_WAITING} wait for a place; try again later`,
      );
    }
    await new Promise<void>((resolve) => this.waiting.push({ socket, take: resolve }));
  }

  /** Hands the place to who waits longest; those who went meanwhile are passed over. */
  private release(): void {
    for (;;) {
      const next = this.waiting.shift();
      if (!next) {
        this.taken -= 1;
        return;
      }
      if (next.socket.destroyed) continue;
      next.take();
      return;
    }
  }
}
