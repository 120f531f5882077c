import { LEAST_TAKEN } from '@millrace/protocol';
import { heldBytesOf } from './held-bytes-of.js';
import type { SocketConnection } from './socket-connection.js';

/** So many looks without progress are needed, since one alone has nothing to be compared with. */
const LOOKS = 2;

interface Look {
  readonly held: number;
  readonly count: number;
}

/**
 * Tells whether peers still take what the operating system holds for them, which can be megabytes. Only Linux says it;
 * elsewhere nobody seems to take anything.
 */
export class HeldProgress {
  private readonly looks = new WeakMap<SocketConnection, Look>();
  private looking = false;

  /** Whether a peer was looked at often enough, and took nothing. */
  isStill(connection: SocketConnection): boolean {
    return (this.looks.get(connection)?.count ?? 0) >= LOOKS;
  }

  forget(connection: SocketConnection): void {
    this.looks.delete(connection);
  }

  /** Looks at several peers, unless a look is under way. @param onTaken called for each that has taken something since the last */
  async look(connections: readonly SocketConnection[], onTaken: (connection: SocketConnection) => void): Promise<void> {
    if (this.looking || connections.length === 0) return;
    this.looking = true;
    const found = await heldBytesOf(connections.map(({ ports }) => ports));
    this.looking = false;
    for (const [index, connection] of connections.entries()) {
      const held = found[index];
      const before = this.looks.get(connection);
      const taken = before && held !== undefined && before.held - held >= LEAST_TAKEN;
      if (taken) onTaken(connection);
      if (held === undefined) this.looks.set(connection, { held: 0, count: LOOKS });
      else if (taken || !before) this.looks.set(connection, { held, count: 1 });
      else this.looks.set(connection, { held: Math.max(held, before.held), count: before.count + 1 });
    }
  }
}
