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
    this.timer = startTimer(() => {
      this.stop();
      this.onSilence();
    }, this.options.timeout);
    this.socket.ping();
  }

  private answered(): void {
    if (this.waiting) this.start();
    this.waiting = false;
  }
}
