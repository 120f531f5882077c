import type { DeliveredMark } from '../directory/source-directory.js';

/** How many connector processes of one source are remembered. */
const MAX_EPOCHS = 8;

/**
 * Tells a notification that has been delivered before. Ids are `<epoch>:<number>`; numbers rise within the epoch of one
 * connector process, and notifications come in order, so one number for each epoch suffices.
 */
export class DeliveredIds {
  private readonly highest = new Map<string, number>();

  /** What {@link know} takes: the highest number of each epoch, oldest epoch first. */
  get marks(): readonly DeliveredMark[] {
    return [...this.highest];
  }

  /** Learns what others have delivered. */
  know(marks: readonly DeliveredMark[]): void {
    for (const [epoch, number] of marks) {
      if (number > (this.highest.get(epoch) ?? 0)) this.delivered(`${epoch}:${number}`);
    }
  }

  isRepeated(id: string): boolean {
    const { epoch, number } = split(id);
    return number <= (this.highest.get(epoch) ?? 0);
  }

  delivered(id: string): void {
    const { epoch, number } = split(id);
    if (Number.isNaN(number)) return;
    // Made the youngest again, so that the oldest epoch is the one to go.
    this.highest.delete(epoch);
    this.highest.set(epoch, number);
    if (this.highest.size <= MAX_EPOCHS) return;
    const [oldest] = this.highest.keys();
    if (oldest !== undefined) this.highest.delete(oldest);
  }
}

function split(id: string): { epoch: string; number: number } {
  const at = id.lastIndexOf(':');
  return { epoch: id.slice(0, at), number: at < 0 ? Number.NaN : Number.parseInt(id.slice(at + 1), 10) };
}
