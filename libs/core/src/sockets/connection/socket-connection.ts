import { callOut, SlicedWrites, thrownReport } from '@millrace/protocol';
import type { Logger } from '@nestjs/common';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { describeError } from '../../errors/describe-error.js';
import type { Principal } from '../../security/principal.js';
import { heldBytesOf } from './held-bytes-of.js';
import { corkForTurn, drained } from './send-buffer.js';

/** A close reason holds at most 123 bytes (RFC 6455 section 5.5). */
const MAX_REASON_BYTES = 123;
/** How long a peer has to take what was sent before the connection was ended, in milliseconds. */
const HANG_UP = 2000;

type Told = 'ws' | 'params' | 'principal' | 'secure' | 'address' | 'state';
export type SocketConnectionInit<State> = Pick<SocketConnection<State>, Told> & {
  readonly socket: Duplex;
  readonly logger: Logger;
};

/**
 * One accepted WebSocket: who is on it, what the handshake made of its request, and a way to write that looks at the
 * send buffer. It keeps no reference to the HTTP request, so that an idle connection stays small.
 *
 * @publicApi
 */
export class SocketConnection<State = unknown> {
  readonly ws: WebSocket;
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Principal | undefined;
  /** Whether the connection is encrypted, as {@link ConnectionSecurity} sees it. */
  readonly secure: boolean;
  /** The client's address, as {@link ConnectionSecurity} sees it. */
  readonly address: string | undefined;
  readonly state: State;
  /** Set by the heartbeat: when the last ping went out, and what had been read and taken by then. */
  pingedAt: number;
  bytesAtPing = -1;
  takenAtPing = 0;
  /** Set by the heartbeat: bytes taken since the ping before the last one, up to the last look. */
  takenLately = 0;
  private readonly socket: Duplex;
  private readonly writes: SlicedWrites;
  private readonly logger: Logger;
  private hungUp = false;

  constructor(init: SocketConnectionInit<State>) {
    this.ws = init.ws;
    this.socket = init.socket;
    this.writes = new SlicedWrites(init.socket);
    this.params = init.params;
    this.principal = init.principal;
    this.secure = init.secure;
    this.address = init.address;
    this.state = init.state;
    this.logger = init.logger;
    this.pingedAt = performance.now();
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN && !this.hungUp;
  }

  /** Bytes handed over but not yet taken by the operating system. Look at it before reading more from a source. */
  get bufferedBytes(): number {
    return this.ws.bufferedAmount;
  }

  /** Bytes ever taken by the operating system for the peer; stands still while the peer reads nothing. */
  get bytesSent(): number {
    return this.writes.bytesSent;
  }

  /** Bytes that the operating system has taken and the peer has not; 0 where it does not tell. */
  async bytesHeld(): Promise<number> {
    const [held = 0] = await heldBytesOf([this.ports]);
    return held;
  }

  /** The ports of its TCP connection; both absent where it is none. */
  get ports(): Pick<Socket, 'localPort' | 'remotePort'> {
    return this.socket as Socket;
  }

  /** Whether the connection comes from the same machine: from another process of it, or from this one. */
  get isLocal(): boolean {
    const { localAddress, remoteAddress } = this.socket as Socket;
    return remoteAddress !== undefined && remoteAddress === localAddress;
  }

  /** Bytes ever read from the peer; tells a slow peer from a dead one. */
  get bytesRead(): number {
    return (this.socket as { bytesRead?: number }).bytesRead ?? 0;
  }

  /**
   * Attaches the handler of messages. What it throws or rejects with closes the socket with the error's close code.
   * The buffer belongs to the handler. Once this side has closed, nothing is handed on: a peer that leaves the close frame
   * unanswered could go on for half a minute otherwise, even when its credential has run out.
   */
  onMessage(handler: (data: Buffer, isBinary: boolean) => void | Promise<void>): void {
    this.ws.on('message', (data: RawData, isBinary: boolean) => {
      if (this.isOpen) this.run(() => handler(data as Buffer, isBinary));
    });
  }

  /** Attaches a handler that runs once, when the socket has ended for whatever reason. */
  onClose(handler: (code: number) => void): void {
    this.ws.once('close', (code: number) => this.run(() => handler(code)));
  }

  /** Runs a piece of work on behalf of this connection; an error closes the socket, and nothing else. */
  run(work: () => void | Promise<void>): void {
    callOut(work, (error) => this.fail(error));
  }

  /**
   * Writes whole prebuilt frames (see {@link frameHeader}), gathered into one system call for each turn of the event
   * loop. Nothing is copied: the buffers must not change afterwards.
   *
   * @returns false when the send buffer is full; wait for {@link drained} before writing more
   */
  writeFrames(...parts: readonly Buffer[]): boolean {
    if (!this.isOpen) return false;
    corkForTurn(this.socket);
    let room = true;
    for (const part of parts) room = this.socket.write(part);
    return room;
  }

  /** Resolves when the send buffer has room again, or the socket has ended. */
  drained(): Promise<void> {
    return this.isOpen ? drained(this.socket) : Promise.resolve();
  }

  /** Closes the socket with a code and a reason of at most 123 bytes; a longer one is cut. */
  close(code: number, reason = ''): void {
    if (!this.isOpen) return;
    this.ws.resume();
    this.ws.close(code, cut(reason));
  }

  /**
   * Ends the connection without a close frame, once what was written is out; the peer sees a connection that was lost. For
   * peers that do not end their side at a close frame, and would go on believing that they are connected.
   */
  hangUp(): void {
    if (!this.isOpen) return;
    this.hungUp = true;
    this.ws.resume();
    this.socket.end();
    const timer = setTimeout(() => this.ws.terminate(), HANG_UP);
    timer.unref();
    this.ws.once('close', () => clearTimeout(timer));
  }

  /** Closes the socket with the close code of an error. Unforeseen errors are logged; the client learns no details. */
  fail(error: unknown): void {
    const { closeCode, reason } = describeError(error);
    if (closeCode === 1011) this.logger.error(thrownReport(error));
    else this.logger.debug(`Closed with ${closeCode}: ${reason}`);
    this.close(closeCode, reason);
  }
}

function cut(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  let text = reason.slice(0, MAX_REASON_BYTES);
  while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1);
  // A cut must not leave half of a surrogate pair.
  return text.replace(/[\ud800-\udbff]$/, '');
}
