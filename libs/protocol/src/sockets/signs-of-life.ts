import { heldBytes, LEAST_TAKEN, type TcpPorts } from './held-bytes.js';
import { type SliceableSocket, SlicedWrites } from './sliced-writes.js';

/**
 * Whether a server is alive that cannot answer a ping: while one large message is on its way, in either direction, no pong can
 * come. What counts then are bytes that come from it, and bytes that it takes of those that wait for it.
 */
export class SignsOfLife {
  private readonly writes: SlicedWrites;
  private read = 0;
  private sent = 0;
  private held = 0;
  private waiting = 0;

  /** @param readText reads a file, or rejects where it does not exist */
  constructor(
    private readonly socket: SliceableSocket & TcpPorts & { readonly bytesRead: number },
    private readonly readText: (path: string) => Promise<string>,
  ) {
    this.writes = new SlicedWrites(socket);
  }

  /** Whether there was one since the last call. */
  async renew(): Promise<boolean> {
    const [held = 0] = await heldBytes([this.socket], this.readText);
    const { bytesRead, writableLength } = this.socket;
    const { bytesSent } = this.writes;
    // Not their difference: the one changes while the other is asked for.
    const taken = bytesSent - this.sent >= LEAST_TAKEN || this.held - held >= LEAST_TAKEN;
    const alive = bytesRead > this.read || (this.waiting >= LEAST_TAKEN && taken);
    this.read = bytesRead;
    this.sent = bytesSent;
    this.held = held;
    this.waiting = held + writableLength;
    return alive;
  }
}
