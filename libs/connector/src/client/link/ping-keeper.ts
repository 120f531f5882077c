import { startTimer, type Timer } from '@millrace/protocol';

/** The part of a WebSocket that keep-alive needs. */
export interface Pingable {
  ping(): void;
  on(event: 'pong', listener: () => void): unknown;
}

/**
 * Sends pings and reports a peer that does not answer (connector§2.5 #40). Pongs are read by the WebSocket
 * itself, so a slow handler does not delay them.
 */
export class PingKeeper {
  private timer: Timer | undefined;
  private waiting = false;

  constructor(
    private readonly socket: Pingable,
    private readonly options: { readonly interval: number; readonly timeout: number },
    private readonly onSilence: () => void,
    /** Whether the peer gave another sign of life since the last call: no pong can come while a large message is on its way. */
    private readonly isAlive: () => Promise<boolean> = () => Promise.resolve(false),
  ) {
    socket.on('pong', () => this.answered());
  }

  start(): void {
    this.stop();
    this.timer = startTimer(() => this.ping(), this.options.interval);
  }

  stop(): void {
    this.timer?.stop();
    this.timer = undefined;
    this.waiting = false;
  }

  private ping(): void {
    this.waiting = true;
    this.await();
    // What comes from now on counts.
    void this.isAlive();
    this.socket.ping();
  }

  private await(): void {
    const timer = startTimer(() => void this.late(timer), this.options.timeout);
    this.timer = timer;
  }

  private async late(timer: Timer): Promise<void> {
    const alive = await this.isAlive();
    // The pong may have come, or the link have ended, in between.
    if (this.timer !== timer) return;
    if (alive) this.await();
    else {
      this.stop();
      this.onSilence();
    }
  }

  private answered(): void {
    if (this.waiting) this.start();
    this.waiting = false;
  }
}
