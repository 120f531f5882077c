/** Partitions remembered after they are gone; older ones are forgotten, so that the statistics stay bounded. */
const MAX_REMEMBERED = 10_000;

/** The most entries that one partition had, and its place among the partitions by their first publication. */
export interface PartitionPeak {
  readonly most: number;
  readonly order: number;
}

/** The largest numbers there were. */
export class Peaks {
  partitions = 0;
  readonly connections = new Map<string, PartitionPeak>();

  note(partitions: number, { name, order, slots }: Peaking): void {
    if (partitions > this.partitions) this.partitions = partitions;
    const known = this.connections.get(name);
    if (slots.size <= (known?.most ?? -1)) return;
    this.connections.set(name, { most: slots.size, order: known?.order ?? order });
    if (this.connections.size > MAX_REMEMBERED) {
      const [oldest] = this.connections.keys();
      if (oldest !== undefined) this.connections.delete(oldest);
    }
  }
}

interface Peaking {
  readonly name: string;
  readonly order: number;
  readonly slots: { readonly size: number };
}
