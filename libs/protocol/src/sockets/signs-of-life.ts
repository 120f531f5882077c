import { heldBytes, TCP_TABLES, type TcpPorts } from './held-bytes.js';
import { type SliceableSocket, SlicedWrites } from './sliced-writes.js';

/** What the server has taken at the least, to have taken anything of a large message; pings are less. */
const LEAST = 1024;

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
    const tables = await Promise.all(TCP_TABLES.map((path) => this.readText(path).catch(() => '')));
    // Linux alone tells what it still holds of that which it took from the program.
    const [held = 0] = heldBytes(tables.join(''), [this.socket]);
    const { bytesRead, writableLength } = this.socket;
    const taken = this.writes.bytesSent - held;
    const alive = bytesRead > this.read || (this.waiting >= LEAST && taken - this.taken >= LEAST);
    this.read = bytesRead;
    this.taken = taken;
    this.waiting = held + writableLength;
    return alive;
  }
}
