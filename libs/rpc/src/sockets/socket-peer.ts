import type { Principal } from '@millrace/core/security';
import { BINARY_FRAME, FlowGate, frameHeader, type SocketConnection, textFrame } from '@millrace/core/sockets';
import { binaryFrameHead, RPC_GOODBYE } from '@millrace/protocol';
import type { ReplySink, RpcPeer } from '../engine/rpc-engine.interface.js';
import type { RpcSettings } from '../rpc.options.js';

const CLOSE_TRY_LATER = 1013;
/** How long the close frame may wait behind what the peer does not read, in milliseconds. */
const CLOSE_GRACE = 1000;

/** Writes to one WebSocket, and bounds what waits for a slow reader (rpc#S41). */
export class SocketPeer implements RpcPeer, ReplySink {
  readonly transport = 'websocket';
  private readonly gate: FlowGate;

  constructor(
    private readonly connection: SocketConnection<unknown>,
    private readonly limits: Pick<RpcSettings, 'maxBufferedBytes' | 'maxUnreadBytes' | 'stallTimeout'>,
  ) {
    this.gate = new FlowGate(connection, limits, { onStalled: () => this.giveUp() });
  }

  get principal(): Principal | undefined {
    return this.connection.principal;
  }

  get address(): string | undefined {
    return this.connection.address;
  }

  get congested(): boolean {
    return !this.gate.hasRoom;
  }

  room(): Promise<void> {
    return this.gate.room();
  }

  push(text: string): void {
    if (this.canWrite()) this.connection.writeFrames(textFrame(text));
  }

  reply(text: string, payload?: Uint8Array): void {
    if (!this.canWrite()) return;
    if (payload) this.writeBinary(text, payload);
    else this.connection.writeFrames(textFrame(text));
    this.gate.answered();
  }

  close(): void {
    this.connection.close(RPC_GOODBYE.code, RPC_GOODBYE.reason);
  }

  private writeBinary(text: string, payload: Uint8Array): void {
    const head = asBuffer(binaryFrameHead(text));
    const bytes = asBuffer(payload);
    this.connection.writeFrames(frameHeader(BINARY_FRAME, head.length + bytes.length), head, bytes);
  }

  /** False when the socket has ended, or its reader lags too far behind and is dropped now. */
  private canWrite(): boolean {
    if (!this.connection.isOpen) return false;
    if (this.connection.bufferedBytes <= this.limits.maxUnreadBytes) return true;
    this.giveUp();
    return false;
  }

  private giveUp(): void {
    if (!this.connection.isOpen) return;
    const { ws } = this.connection;
    this.connection.close(CLOSE_TRY_LATER, 'Too slow to take what it asked for');
    setTimeout(() => ws.terminate(), CLOSE_GRACE).unref();
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
