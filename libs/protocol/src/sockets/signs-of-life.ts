import { heldBytes, LEAST_TAKEN, type TcpPorts } from './held-bytes.js';
import { type SliceableSocket, SlicedWrites } from './sliced-writes.js';

/**
 * Whether a server is alive that cannot answer a ping: while one large message is on its way, in either direction, no pong can
 * come. What counts then are bytes that come from it, and bytes that it takes of those that wait for it.
 */
export class SignsOfLife {
  private readonly writes: SlicedWrites;
  private read = 0;
  private taken = 0;
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
    const taken = this.writes.bytesSent - held;
    const alive = bytesRead > this.read || (this.waiting >= LEAST_TAKEN && taken - this.taken >= LEAST_TAKEN);
    this.read = bytesRead;
    this.taken = taken;
    this.waiting = held + writableLength;
    return alive;
  }
}
