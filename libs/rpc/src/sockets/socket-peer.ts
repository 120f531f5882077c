import type { Principal } from '@millrace/core/security';
import { BINARY_FRAME, frameHeader, textFrame, type SocketConnection } from '@millrace/core/sockets';
import { binaryFrameHead } from '@millrace/protocol';
import type { ReplySink, RpcPeer } from '../engine/rpc-peer.interface.js';
import type { RpcSettings } from '../rpc.options.js';

const CLOSE_TRY_LATER = 1013;
const CLOSE_GOING_AWAY = 1001;
/** How long the close frame may wait behind what the peer does not read. */
const CLOSE_GRACE = 1000;

/** Writes to one WebSocket and keeps what waits for a slow reader within bounds (rpc#S41). */
export class SocketPeer implements RpcPeer, ReplySink {
  readonly transport = 'websocket';
  private paused = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: SocketConnection<unknown>,
    private readonly limits: Pick<RpcSettings, 'highWaterMark' | 'maxBufferedBytes' | 'slowReaderTimeout'>,
  ) {}

  get principal(): Principal | undefined {
    return this.connection.principal;
  }

  get congested(): boolean {
    return this.connection.bufferedBytes > this.limits.highWaterMark;
  }

  push(text: string): void {
    if (this.hasRoom()) this.connection.writeFrames(textFrame(text));
  }

  reply(text: string, payload?: Uint8Array): void {
    if (!this.hasRoom()) return;
    if (payload) this.writeBinary(text, payload);
    else this.connection.writeFrames(textFrame(text));
    if (this.congested) this.holdBack();
  }

  close(): void {
    this.connection.close(CLOSE_GOING_AWAY, 'The server is shutting down');
  }

  private writeBinary(text: string, payload: Uint8Array): void {
    const head = asBuffer(binaryFrameHead(text));
    const bytes = asBuffer(payload);
    this.connection.writeFrames(frameHeader(BINARY_FRAME, head.length + bytes.length), head, bytes);
  }

  /** False when the socket has ended, or its reader lags too far behind and is dropped now. */
  private hasRoom(): boolean {
    if (!this.connection.isOpen) return false;
    if (this.connection.bufferedBytes <= this.limits.maxBufferedBytes) return true;
    this.giveUp();
    return false;
  }

  /** Reads no more requests until the peer has taken what waits for it. */
  private holdBack(): void {
    if (this.paused) return;
    this.paused = true;
    this.connection.ws.pause();
    this.watch(this.connection.bytesSent);
    void this.connection.drained().then(() => {
      this.paused = false;
      clearTimeout(this.timer);
      this.connection.ws.resume();
    });
  }

  /** Closes the socket of a peer that takes nothing for too long; a slow one that takes something is waited for. */
  private watch(before: number): void {
    this.timer = setTimeout(() => {
      const now = this.connection.bytesSent;
      if (now === before) this.giveUp();
      else this.watch(now);
    }, this.limits.slowReaderTimeout);
    this.timer.unref();
  }

  private giveUp(): void {
    clearTimeout(this.timer);
    const { ws } = this.connection;
    this.connection.close(CLOSE_TRY_LATER, 'Too slow to take what it asked for');
    setTimeout(() => ws.terminate(), CLOSE_GRACE).unref();
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
