import { startInterval, type Timer } from '@millrace/protocol';
import type { Principal } from '../../security/principal.js';
import type { MillraceWsAdapterSettings } from '../millrace-ws-adapter.options.js';
import { HeldProgress } from './held-progress.js';
import type { SocketConnection } from './socket-connection.js';

const ranOut = ({ method }: Principal): string => `The ${method === 'api-key' ? 'API key' : 'token'} ran out`;

/** Who was sent less lately has taken it long ago: nothing of it can lie before the ping for a minute. */
const MUCH = 16 * 1024;

/**
 * Pings every connection, drops those whose peer is gone, and closes those whose credential ran out. One timer serves
 * all of them: one for each connection would cost too much while it is idle.
 */
export class Heartbeat {
  private timer: Timer | undefined;
  /** Pause between two sweeps. */
  private readonly step: number;
  private sweptAt = 0;
  private readonly held = new HeldProgress();
  private suspects: SocketConnection[] = [];

  constructor(
    private readonly connections: ReadonlySet<SocketConnection>,
    private readonly settings: Pick<MillraceWsAdapterSettings, 'pingInterval' | 'pingTimeout'>,
  ) {
    const { pingInterval, pingTimeout } = settings;
    this.step = Math.max(pingInterval > 0 ? Math.min(pingInterval, pingTimeout, 1000) : 1000, 10);
  }

  start(): void {
    if (this.timer) return;
    this.sweptAt = performance.now();
    this.timer = startInterval(() => this.sweepSoon(), this.step).unref();
  }

  stop(): void {
    this.timer?.stop();
    this.timer = undefined;
  }

  /** A timer that is due runs before sockets are read: what peers sent while the process stood still is read first. */
  private sweepSoon(): void {
    // Two turns, since a peer in this process has yet to answer.
    setImmediate(() => setImmediate(() => this.timer && this.sweep(performance.now())));
  }

  private sweep(now: number): void {
    // A process that stood still has read nothing: what its peers sent meanwhile still waits to be read.
    const passed = now - this.sweptAt;
    const lost = passed > 2 * this.step ? passed : 0;
    this.sweptAt = now;
    for (const connection of this.connections) {
      const { principal } = connection;
      if (principal?.expiresAt !== undefined && principal.expiresAt <= Date.now())
        connection.close(3000, ranOut(principal));
      else if (this.settings.pingInterval > 0) this.checkPeer(connection, now, lost);
    }
    void this.held.look(this.suspects, (connection) => (connection.pingedAt = performance.now()));
    this.suspects = [];
  }

  private checkPeer(connection: SocketConnection, now: number, lost: number): void {
    if (connection.bytesAtPing < 0) this.pingWhenDue(connection, now);
    else if (connection.bytesRead > connection.bytesAtPing) {
      connection.bytesAtPing = -1;
      this.held.forget(connection);
      this.pingWhenDue(connection, now);
    } else {
      connection.pingedAt += lost;
      // While we do not read a peer, we do not see its pong; and a slow reader that still takes what lies before the ping
      // has not come to it yet. Neither means that the peer is silent.
      const taken = connection.bytesSent - connection.takenAtPing;
      if (connection.ws.isPaused || taken > 0) {
        connection.pingedAt = now;
        connection.takenAtPing += taken;
        connection.takenLately += taken;
        this.held.forget(connection);
      } else this.endWhenSilent(connection, now - connection.pingedAt);
    }
  }

  /** Ends a peer that has been silent for too long; before, it is looked whether it takes what the operating system holds. */
  private endWhenSilent(connection: SocketConnection, silent: number): void {
    const { pingTimeout } = this.settings;
    const mayTake = connection.takenLately > MUCH;
    if (silent >= pingTimeout && (!mayTake || this.held.isStill(connection))) connection.ws.terminate();
    else if (silent >= pingTimeout / 2 && mayTake) this.suspects.push(connection);
  }

  private pingWhenDue(connection: SocketConnection, now: number): void {
    if (now - connection.pingedAt < this.settings.pingInterval || !connection.isOpen) return;
    connection.pingedAt = now;
    connection.bytesAtPing = connection.bytesRead;
    connection.takenLately = connection.bytesSent - connection.takenAtPing;
    connection.ws.ping();
    connection.takenAtPing = connection.bytesSent;
  }
}
