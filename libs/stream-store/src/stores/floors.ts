import { followingParts, type IdParts } from '@millrace/protocol';

/** Where floors are kept that outlive the process. Both are part of the transaction that the caller's turn makes. */
interface FloorStorage {
  put(stream: string, floor: IdParts): void;
  remove(stream: string): void;
}

/**
 * Where deleted streams ended. A stream that begins anew goes on above its floor: every ID given before lies below what is
 * there then, so a reader that comes back with one is told a gap, and no ID stands for two entries.
 *
 * The floor is the ID behind the last one, and counts as that of a removed entry: a reader that had read all is told too.
 */
export class Floors {
  private readonly floors = new Map<string, IdParts>();

  /** @param most floors that are kept; the oldest go first */
  constructor(
    private readonly most: number,
    private readonly storage?: FloorStorage,
  ) {}

  get(stream: string): IdParts | undefined {
    return this.floors.get(stream);
  }

  /** To be called when a stream is deleted. One that has used the greatest ID begins from the first again. */
  keep(stream: string, last: IdParts): void {
    const floor = followingParts(last);
    if (!floor || !followingParts(floor)) return this.drop(stream);
    this.load(stream, floor);
    this.storage?.put(stream, floor);
    for (const [oldest] of this.floors) {
      if (this.floors.size <= this.most) break;
      this.drop(oldest);
    }
  }

  /** To be called when a stream begins anew. */
  drop(stream: string): void {
    if (this.floors.delete(stream)) this.storage?.remove(stream);
  }

  /** Takes a floor over from the storage, as the newest. */
  load(stream: string, floor: IdParts): void {
    this.floors.delete(stream);
    this.floors.set(stream, floor);
  }
}
