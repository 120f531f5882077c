/** Partitions remembered after they are gone; older ones are forgotten, so that the statistics stay bounded. */
const MAX_REMEMBERED = 10_000;

/** The largest numbers there were. */
export class Peaks {
  partitions = 0;
  readonly connections = new Map<string, number>();

  /** Notes the present sizes. */
  note(partitions: number, name: string, connections: number): void {
    if (partitions > this.partitions) this.partitions = partitions;
    if (connections <= (this.connections.get(name) ?? -1)) return;
    this.connections.set(name, connections);
    if (this.connections.size > MAX_REMEMBERED) {
      const [oldest] = this.connections.keys();
      if (oldest !== undefined) this.connections.delete(oldest);
    }
  }

  clear(): void {
    this.partitions = 0;
    this.connections.clear();
  }
}
