import { WebSocket } from 'ws';
import { Repeated } from './repeated.js';

/** Entries that a pusher sends ahead of their acks. */
const WINDOW = 8;
const PAUSE_MS = 10;

/**
 * Pushes numbered entries to one stream by a socket with acks, and by the next socket where one is closed. An entry without
 * an ack is not sent again: it may be stored or not, but never behind one that was sent later.
 */
export class Pusher extends Repeated {
  /** Numbers that were acked, in their order. */
  readonly acked: number[] = [];
  /** How often a socket was closed, or could not be opened. */
  refusals = 0;
  private next = 0;
  private closeWhenAnswered: () => void = () => undefined;

  constructor(
    readonly name: string,
    readonly stream: string,
    private readonly wsUrl: string,
  ) {
    super(PAUSE_MS);
  }

  /** What was sent is answered before the socket is closed. */
  protected override finish(): void {
    this.closeWhenAnswered();
  }

  /** Pushes until the socket is closed. */
  protected once(): Promise<void> {
    const socket = new WebSocket(`${this.wsUrl}/data/${this.stream}/push?ack=true`);
    const waiting: number[] = [];
    const push = (): void => {
      waiting.push(this.next);
      socket.send(Buffer.from(JSON.stringify([this.name, this.next])));
      this.next += 1;
    };
    this.closeWhenAnswered = () => {
      if (waiting.length === 0) socket.close();
    };
    socket.on('open', () => {
      for (let count = 0; count < WINDOW; count += 1) push();
    });
    socket.on('message', () => {
      const number = waiting.shift();
      if (number !== undefined) this.acked.push(number);
      if (this.ending) this.closeWhenAnswered();
      else setTimeout(() => socket.readyState === socket.OPEN && !this.ending && push(), PAUSE_MS);
    });
    socket.on('error', () => undefined);
    return new Promise((resolve) => {
      socket.on('close', () => {
        if (!this.ending || waiting.length > 0) this.refusals += 1;
        resolve();
      });
    });
  }
}
