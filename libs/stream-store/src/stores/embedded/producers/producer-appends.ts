import type { EntryId } from '@millrace/protocol';
import { StoreUnavailableError } from '../../../api/store.errors.js';
import type { ProducerPosition } from '../../../api/stream-store.js';
import { countKnown, forgotten, type ProducerPlace } from '../../producers/position.js';
import type { HeadTable } from '../head-table.js';
import type { ProducerTable } from './producer-table.js';

/** One append of a producer. */
export interface ProducerAppend {
  readonly stream: string;
  readonly producer: ProducerPosition;
  readonly data: readonly Buffer[];
  readonly owner: string | undefined;
}

interface WaitingAppend extends ProducerAppend {
  readonly resolve: (ids: EntryId[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What the appends of producers are made of: stores the entries behind those that are known. */
type Write = (append: ProducerAppend, known: number) => Promise<EntryId[]>;

/**
 * The appends of producers, those of each in the order of the calls. A producer has one commit under way at a time, and what comes
 * meanwhile goes together in the next one: where a commit fails, nothing behind it must be stored.
 */
export class ProducerAppends {
  private readonly queues = new Map<string, WaitingAppend[]>();
  private readonly working = new Set<Promise<void>>();

  constructor(
    private readonly heads: HeadTable,
    private readonly table: ProducerTable,
    private readonly write: Write,
  ) {}

  /** @throws ProducerError, and what the write throws */
  append(append: ProducerAppend): Promise<EntryId[]> {
    const key = `${append.producer.id} ${append.stream}`;
    return new Promise((resolve, reject) => {
      const waiting = { ...append, resolve, reject };
      const queue = this.queues.get(key);
      if (queue) queue.push(waiting);
      else this.begin(key, [waiting]);
    });
  }

  /** Resolves when everything that was appended has been answered. */
  async settled(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  private begin(key: string, queue: WaitingAppend[]): void {
    this.queues.set(key, queue);
    const work = this.work(key, queue).finally(() => this.working.delete(work));
    this.working.add(work);
  }

  private async work(key: string, queue: WaitingAppend[]): Promise<void> {
    while (queue.length > 0) await this.store(queue.splice(0));
    this.queues.delete(key);
  }

  /** Stores appends of one producer in one transaction. */
  private async store(group: readonly WaitingAppend[]): Promise<void> {
    const { stream, producer } = group[0] as WaitingAppend;
    const head = this.heads.get(stream);
    const place = head && this.table.placeOf(head.number, producer.id);
    const onDisk = place && { epoch: place.epoch, next: place.next };
    const answers = await Promise.allSettled(group.map((append) => this.start(append, onDisk)));
    const isBroken = answers.some(({ status }) => status === 'rejected');
    const now = this.heads.get(stream);
    if (isBroken && now) this.table.reload(now.number, producer.id);
    for (const [index, answer] of answers.entries()) {
      const { resolve, reject, producer: position } = group[index] as WaitingAppend;
      if (answer.status === 'rejected') reject(answer.reason);
      else {
        const { known, ids } = answer.value;
        const before = known > 0 && now ? this.idsOf(now.number, position, known) : [];
        if (before) resolve([...before, ...ids]);
        // What it repeats was not stored with it.
        else reject(new StoreUnavailableError());
      }
    }
  }

  /** @param onDisk where the producer stood when the group began */
  private async start(
    append: ProducerAppend,
    onDisk: ProducerPlace | undefined,
  ): Promise<{ readonly known: number; readonly ids: EntryId[] }> {
    const { stream, producer, data } = append;
    const head = this.heads.find(stream);
    const place = head && this.table.placeOf(head.number, producer.id);
    const known = countKnown(place, producer, data.length);
    const readable = onDisk?.epoch === producer.epoch ? Math.min(known, onDisk.next - producer.sequence) : 0;
    if (head && readable > 0 && !this.idsOf(head.number, producer, readable)) throw forgotten(producer);
    return { known, ids: known < data.length ? await this.write(append, known) : [] };
  }

  private idsOf(number: number, { id, sequence }: ProducerPosition, known: number): EntryId[] | undefined {
    return this.table.idsOf(number, id, sequence, sequence + known);
  }
}
