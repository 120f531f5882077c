import type { SocketConnection } from '@millrace/core/sockets';

export interface ReceiveLimits {
  /** Bytes received and not yet stored, above which the socket is paused. */
  readonly maxInFlightBytes: number;
  /** Bytes of acknowledgements that wait in the send buffer, above which the socket is paused. */
  readonly maxBufferedBytes: number;
}

/**
 * Back-pressure on one push socket. It is paused while too much of what it has sent is not stored yet, while its client
 * does not read the acknowledgements, and while the pipeline holds it.
 */
export class ReceiveGate {
  private bytesInFlight = 0;
  private held = false;
  private closed = false;

  /** @param onPause called when the socket is paused because the storage cannot keep up */
  constructor(
    private readonly connection: SocketConnection,
    private readonly limits: ReceiveLimits,
    private readonly onPause: () => void,
  ) {}

  /** Counts what has been received. */
  count(bytes: number): void {
    this.bytesInFlight += bytes;
    if (this.bytesInFlight <= this.limits.maxInFlightBytes || this.connection.ws.isPaused) return;
    this.connection.ws.pause();
    this.onPause();
  }

  /** Takes back what was counted: it is stored, or needs no storing. */
  release(bytes: number): void {
    this.bytesInFlight -= bytes;
    this.update();
  }

  /** Reads nothing more until {@link open} is called. */
  hold(): void {
    this.held = true;
    this.connection.ws.pause();
  }

  open(): void {
    this.held = false;
    this.update();
  }

  /** Reads nothing more at all. */
  close(): void {
    this.closed = true;
    this.connection.ws.pause();
  }

  /** To be called when acknowledgements have been written. */
  acknowledged(): void {
    if (this.connection.bufferedBytes <= this.limits.maxBufferedBytes) return;
    this.connection.ws.pause();
    void this.connection.drained().then(() => this.update());
  }

  private update(): void {
    const { ws, bufferedBytes } = this.connection;
    const { maxInFlightBytes, maxBufferedBytes } = this.limits;
    if (!ws.isPaused || this.held || this.closed) return;
    if (this.bytesInFlight > maxInFlightBytes / 2 || bufferedBytes > maxBufferedBytes) return;
    ws.resume();
  }
}
