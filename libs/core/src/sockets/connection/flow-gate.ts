import { LEAST_TAKEN, startTimer, type Timer } from '@millrace/protocol';

/** The part of a connection that a gate looks at; `SocketConnection` has it. */
export interface GatedConnection {
  readonly ws: { pause(): void; resume(): void };
  readonly bufferedBytes: number;
  readonly bytesSent: number;
  /** Bytes that the operating system holds for the peer, as far as it tells. */
  bytesHeld(): Promise<number>;
  drained(): Promise<void>;
}

export interface FlowLimits {
  /** Bytes waiting in the send buffer of the peer, above which nothing more is produced for it. */
  readonly maxBufferedBytes: number;
  /** Bytes received from the peer and not yet handled, above which it is not read. @default no limit */
  readonly maxInFlightBytes?: number;
  /** How long a peer may take nothing of what waits for it, in milliseconds. @default no limit */
  readonly stallTimeout?: number;
}

export interface FlowEvents {
  /** The peer is no longer read, because too much of what it has sent is not handled yet. */
  readonly onHeldBack?: () => void;
  /** The peer has taken nothing for `stallTimeout`. */
  readonly onStalled?: () => void;
}

const IN_FLIGHT = 'in flight';
const BUFFERED = 'buffered';

/**
 * Back-pressure on one socket, both ways. What waits for the peer stays bounded: produce only while there is `room()`, and
 * call `answered()` after answers, so that a peer that sends and does not read is not read either. What the peer has sent
 * stays bounded too: `received()` and `handled()` count it. The socket is read while no reason to pause it is left.
 */
export class FlowGate {
  private readonly reasons = new Set<string>();
  private bytesInFlight = 0;
  private draining: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly connection: GatedConnection,
    private readonly limits: FlowLimits,
    private readonly events: FlowEvents = {},
  ) {}

  /** Whether more may be produced for the peer. */
  get hasRoom(): boolean {
    return this.connection.bufferedBytes <= this.limits.maxBufferedBytes;
  }

  /** Resolves once more may be produced for the peer, or the socket has ended. */
  room(): Promise<void> {
    return this.hasRoom ? Promise.resolve() : this.connection.drained();
  }

  /** To be called after answers were written: while too many wait for the peer, it is not read. */
  answered(): void {
    if (!this.hasRoom) this.draining ??= this.waitForPeer();
  }

  /** Resolves at once, or when answers hold the peer back: once it has taken them. */
  taken(): Promise<void> {
    return this.draining ?? Promise.resolve();
  }

  /** Counts what was received from the peer. */
  received(bytes: number): void {
    this.bytesInFlight += bytes;
    const { maxInFlightBytes = Infinity } = this.limits;
    if (this.bytesInFlight <= maxInFlightBytes || this.reasons.has(IN_FLIGHT)) return;
    const wasRead = this.reasons.size === 0;
    this.hold(IN_FLIGHT);
    if (wasRead) this.events.onHeldBack?.();
  }

  /** Takes back what was counted; the peer is read again when half of the limit is free. */
  handled(bytes: number): void {
    this.bytesInFlight -= bytes;
    if (this.bytesInFlight <= (this.limits.maxInFlightBytes ?? Infinity) / 2) this.release(IN_FLIGHT);
  }

  /** Does not read the peer until the same reason is released. */
  hold(reason: string): void {
    this.reasons.add(reason);
    this.connection.ws.pause();
  }

  release(reason: string): void {
    if (this.reasons.size === 0) return;
    if (this.reasons.delete(reason) && this.reasons.size === 0 && !this.closed) this.connection.ws.resume();
  }

  /** Reads nothing more at all. */
  close(): void {
    this.closed = true;
    this.connection.ws.pause();
  }

  private async waitForPeer(): Promise<void> {
    this.hold(BUFFERED);
    const stop = this.watchForStall();
    await this.connection.drained();
    stop();
    this.draining = undefined;
    this.release(BUFFERED);
  }

  /** A socket that is not read cannot be found dead by its pongs. */
  private watchForStall(): () => void {
    const { stallTimeout } = this.limits;
    const { onStalled } = this.events;
    if (!stallTimeout || !onStalled) return () => undefined;
    let stopped = false;
    let timer: Timer | undefined;
    let before: { readonly sent: number; readonly held: number } | undefined;
    // One look after the other, the timeout apart: where the machine is busy the system tells late, and what it was asked at
    // different times comes all at once.
    const look = async (): Promise<void> => {
      const held = await this.connection.bytesHeld();
      const sent = this.connection.bytesSent;
      if (stopped) return;
      // The operating system takes megabytes in advance, and then nothing until a good part of them is gone.
      const taken = !before || sent !== before.sent || before.held - held >= LEAST_TAKEN;
      before = { sent, held };
      if (taken) timer = startTimer(() => void look(), stallTimeout).unref();
      else onStalled();
    };
    void look();
    return () => {
      stopped = true;
      timer?.stop();
    };
  }
}
