import type { EntryId, NewEntry, ProducerPosition } from '../../../api/stream-store.js';
import { AppendGroup } from './append-group.js';
import type { AppendWriter } from './append-writer.js';

/** What one command or transaction takes of small appends that came in together. */
const GROUP_ENTRIES = 1000;
/** What one write takes, about: it must be answered in the time that a command has. */
const WRITE_BYTES = 4 * 1024 * 1024;

/** Keeps everything behind it waiting. */
interface Hold {
  readonly reached: () => void;
  readonly released: Promise<void>;
}

/**
 * Appends in the order of the calls. One write is under way at a time, and what comes in meanwhile goes together in the next
 * one: so an append that has to be sent again keeps its place.
 */
export class OrderedAppends {
  private waiting: (AppendGroup | Hold)[] = [];
  /** Groups that wait and take more entries, by their stream. */
  private readonly open = new Map<string, AppendGroup>();
  private working: Promise<void> | undefined;

  /**
   * @param ownBegin whether entries that ask for IDs go with all that their streams need to begin. In a cluster that would be
   *   in the way of a slot that moves: there they go so only when their stream is found gone
   * @param onIdle called when nothing waits any more
   */
  constructor(
    private readonly writer: AppendWriter,
    private readonly ownBegin: boolean,
    private readonly onIdle: () => void,
  ) {}

  /** Resolves when everything that was appended has been answered. */
  get settled(): Promise<void> {
    return this.working ?? Promise.resolve();
  }

  /** @param begins whether streams begin by it that are known not to be there */
  append(entries: readonly NewEntry[], begins: boolean, producer?: ProducerPosition): Promise<EntryId[]> {
    const [first] = entries;
    const plain = first && entries.every(({ stream, id }) => id === undefined && stream === first.stream);
    if (!plain || begins) {
      const group = new AppendGroup(plain ? 'plain' : 'own', begins || (!plain && this.ownBegin));
      const ids = group.add(entries, producer);
      // Later appends to its streams must not join those before it.
      for (const stream of group.streams) this.open.delete(stream);
      this.push(group);
      return ids;
    }
    let group = this.open.get(first.stream);
    if (!group || group.entries.length + entries.length > GROUP_ENTRIES || group.bytes >= WRITE_BYTES) {
      group = new AppendGroup('plain', false);
      this.open.set(first.stream, group);
      this.push(group);
    }
    return group.add(entries, producer);
  }

  /** Resolves when all before it has been answered, with the way to let those behind it go on. */
  hold(): Promise<() => void> {
    this.open.clear();
    return new Promise((resolve) => {
      let release = (): void => undefined;
      const released = new Promise<void>((done) => (release = done));
      this.push({ reached: () => resolve(release), released });
    });
  }

  private push(item: AppendGroup | Hold): void {
    this.waiting.push(item);
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      // What comes in within one turn goes together.
      await new Promise((resolve) => setImmediate(resolve));
      const [first] = this.waiting;
      if (first instanceof AppendGroup) await this.writer.write(this.next());
      else if (first) {
        this.waiting.shift();
        first.reached();
        await first.released;
      }
    }
    this.working = undefined;
    this.onIdle();
  }

  /** Takes what goes in the next write. */
  private next(): AppendGroup[] {
    const groups: AppendGroup[] = [];
    /** Streams that must be there: an append that finds one gone is sent again, and what goes with it would come before it. */
    const expected = new Set<string>();
    let bytes = 0;
    for (const item of this.waiting) {
      if (!(item instanceof AppendGroup) || (bytes > 0 && bytes + item.bytes > WRITE_BYTES)) break;
      if ([...item.streams].some((stream) => expected.has(stream))) break;
      if (item.mode === 'plain' && !item.begins) expected.add(item.stream);
      groups.push(item);
      bytes += item.bytes;
      if (this.open.get(item.stream) === item) this.open.delete(item.stream);
    }
    this.waiting.splice(0, groups.length);
    return groups;
  }
}
