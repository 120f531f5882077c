import { readFile } from 'node:fs/promises';
import { heldBytes, TCP_TABLES } from '@millrace/protocol';
import type { SocketConnection } from './socket-connection.js';

/** What a peer has taken at the least since the last look, to have taken anything; a ping alone is less. */
const LEAST = 1024;

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
    const tables = await Promise.all(TCP_TABLES.map((path) => readFile(path, 'latin1').catch(() => '')));
    this.looking = false;
    const found = heldBytes(
      tables.join(''),
      connections.map(({ ports }) => ports),
    );
    for (const [index, connection] of connections.entries()) {
      const held = found[index];
      const before = this.looks.get(connection);
      const taken = before && held !== undefined && before.held - held >= LEAST;
      if (taken) onTaken(connection);
      if (held === undefined) this.looks.set(connection, { held: 0, count: LOOKS });
      else if (taken || !before) this.looks.set(connection, { held, count: 1 });
      else this.looks.set(connection, { held: Math.max(held, before.held), count: before.count + 1 });
    }
  }
}
