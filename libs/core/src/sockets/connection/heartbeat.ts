import type { Principal } from '../../security/principal.js';
import type { SocketConnection } from './socket-connection.js';

const ranOut = ({ method }: Principal): string => `The ${method === 'api-key' ? 'API key' : 'token'} ran out`;

export interface HeartbeatOptions {
  /** Pause between pings of one socket, in milliseconds; 0 turns them off. */
  readonly interval: number;
  /** How long a peer may stay silent after a ping, in milliseconds. */
  readonly timeout: number;
}

/**
 * Pings every connection, drops those whose peer is gone, and closes those whose credential ran out. One timer serves
 * all of them: one for each connection would cost too much while it is idle.
 */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  /** Pause between two sweeps. */
  private readonly step: number;
  private sweptAt = 0;

  constructor(
    private readonly connections: ReadonlySet<SocketConnection>,
    private readonly options: HeartbeatOptions,
  ) {
    const { interval, timeout } = options;
    this.step = Math.max(interval > 0 ? Math.min(interval, timeout, 1000) : 1000, 10);
  }

  start(): void {
    if (this.timer) return;
    this.sweptAt = Date.now();
    this.timer = setInterval(() => this.sweep(Date.now()), this.step);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private sweep(now: number): void {
    // A process that stood still has read nothing: what its peers sent meanwhile still waits to be read.
    const passed = now - this.sweptAt;
    const lost = passed > 2 * this.step ? passed : 0;
    this.sweptAt = now;
    for (const connection of this.connections) {
      const { principal } = connection;
      if (principal?.expiresAt !== undefined && principal.expiresAt <= now) connection.close(3000, ranOut(principal));
      else if (this.options.interval > 0) this.checkPeer(connection, now, lost);
    }
  }

  private checkPeer(connection: SocketConnection, now: number, lost: number): void {
    const waiting = connection.bytesAtPing >= 0;
    if (waiting && connection.bytesRead > connection.bytesAtPing) connection.bytesAtPing = -1;
    if (connection.bytesAtPing >= 0) {
      connection.pingedAt += lost;
      // While we do not read a peer, we do not see its pong; and a slow reader that still takes what lies before the ping
      // has not come to it yet. Neither means that the peer is silent.
      const { bytesSent } = connection;
      if (connection.ws.isPaused || bytesSent > connection.takenAtPing) {
        connection.pingedAt = now;
        connection.takenAtPing = bytesSent;
      }
      if (now - connection.pingedAt >= this.options.timeout) connection.ws.terminate();
      return;
    }
    if (now - connection.pingedAt < this.options.interval || !connection.isOpen) return;
    connection.pingedAt = now;
    connection.bytesAtPing = connection.bytesRead;
    connection.ws.ping();
    connection.takenAtPing = connection.bytesSent;
  }
}
