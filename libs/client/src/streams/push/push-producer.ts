import { ConfigurationError } from '../../errors/client.error.js';
import { randomName } from '../random-name.js';

/** Whose entries a push sends, where the same writer comes back after its process has ended. */
export interface PushProducerOptions {
  /** The writer's name: 1 to 128 visible characters of ASCII. */
  readonly id: string;
  /**
   * Greater than that of each push of this writer to the stream before: those are fenced off by it. One that was used before would
   * take new entries for old ones.
   *
   * @default the clock, in milliseconds
   */
  readonly epoch?: number | undefined;
}

/** Messages or batches without an acknowledgement: servers answer repeats of so many appends. */
export const MOST_UNITS = 1024;

const ID = /^[!-~]{1,128}$/;

/** Numbers the entries of a push, so that what is sent again after a cut is stored once (stream-store§6). */
export class PushProducer {
  private id: string;
  private readonly epoch: number;
  private readonly isNamed: boolean;
  private next = 0;
  private refusals = 0;

  /** @throws ConfigurationError */
  constructor(options: PushProducerOptions | undefined) {
    const { id = randomName(), epoch = options ? Date.now() : 0 } = options ?? {};
    if (!ID.test(id)) throw new ConfigurationError('producer.id', 'give 1 to 128 visible characters of ASCII');
    if (!Number.isSafeInteger(epoch) || epoch < 0)
      throw new ConfigurationError('producer.epoch', `give a whole number from 0, not ${epoch}`);
    this.id = id;
    this.epoch = epoch;
    this.isNamed = options !== undefined;
  }

  /** Counts entries that are about to be sent. @returns the number of the first one */
  count(entries: number): number {
    const first = this.next;
    this.next += entries;
    return first;
  }

  /** The part of a query for a push that begins with the entry of this number. */
  query(sequence: number): string {
    return `producer=${encodeURIComponent(this.id)}&epoch=${this.epoch}&sequence=${sequence}`;
  }

  /** To be called when entries were stored. */
  served(): void {
    this.refusals = 0;
  }

  /**
   * To be called when the server says that the numbers do not go on from what it has. Nothing that waits is stored then.
   *
   * @returns whether another connection can help
   */
  refused(): boolean {
    this.refusals += 1;
    // It was forgotten in the middle of the connection, with its stream: it begins again by the next one.
    if (this.refusals === 1) return true;
    // The server has lost what it had acknowledged. Under another name the rest can go on.
    if (this.isNamed || this.refusals > 2) return false;
    this.id = randomName();
    return true;
  }
}
