import type { OutboxEntry, OutboxQueue } from '../../api/outbox.port.js';
import { Condition } from '../session/condition.js';
import { OutboxIntake, type OutboxIntakeOptions } from './outbox-intake.js';

/** The outbox of one source: what was put in and is not yet with the hub, and who waits for room or for its end. */
export class SourceOutbox {
  private readonly intake: OutboxIntake;
  private readonly empty = new Condition(() => this.queue.size === 0 && this.intake.isIdle);
  private closing: Promise<void> | undefined;

  /** @param onTaken called after each notification that is in the outbox */
  constructor(
    private readonly queue: OutboxQueue,
    options: OutboxIntakeOptions,
    onTaken: () => void,
  ) {
    this.intake = new OutboxIntake(queue, options, onTaken);
  }

  /** Notifications kept, those on their way included. */
  get size(): number {
    return this.queue.size;
  }

  /** Lost to the overflow rule so far. */
  get dropped(): number {
    return this.intake.dropped;
  }

  /** Puts a notification in, as {@link OutboxIntake.take} says. */
  take(object: unknown): Promise<boolean> {
    return this.intake.take(object);
  }

  /** The next entries not yet read. */
  read(limit: number): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]> {
    return this.queue.read(limit);
  }

  /** Removes the oldest entry, and lets in those who wait for room. @returns what its driver needs time for */
  remove(): void | Promise<void> {
    const result = this.queue.remove(1);
    this.intake.admit();
    this.empty.check();
    return result;
  }

  /** The next {@link read} starts at the oldest entry again. */
  rewind(): void {
    this.queue.rewind();
  }

  /** Resolves true once it is empty, or false after a deadline in milliseconds. */
  flush(deadline: number): Promise<boolean> {
    return this.empty.until(deadline);
  }

  /** Takes no more notifications; those who wait get an error. */
  stopIntake(): void {
    this.intake.stop();
  }

  async close(): Promise<void> {
    this.stopIntake();
    await (this.closing ??= Promise.resolve(this.queue.close()));
  }
}
