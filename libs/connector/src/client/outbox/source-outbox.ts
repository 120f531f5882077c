import { callOut, isThenable } from '@millrace/protocol';
import { ConnectorError } from '../../errors/connector.error.js';
import type { OutboxEntry, OutboxQueue } from '../../api/outbox.port.js';
import { isObject, jsonText, kindOf } from '../../protocol/messages.js';
import type { OutboxSettings } from '../../connector.options.js';
import { Condition } from '../session/condition.js';

/** A notification that waits for room in the outbox. */
interface Waiter {
  readonly text: string;
  readonly resolve: (taken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export interface SourceOutboxOptions extends Pick<OutboxSettings, 'capacity' | 'overflow' | 'maxNotificationBytes'> {
  /** Begins the ids of this process. */
  readonly epoch: string;
}

/**
 * The outbox of one source: what was put in and is not yet with the hub, in the order of the calls, and who waits for room
 * or for its end.
 */
export class SourceOutbox {
  /** Lost to the overflow rule so far. */
  dropped = 0;
  private readonly waiters: Waiter[] = [];
  private number = 0;
  private stopped = false;
  private closing: Promise<void> | undefined;
  private readonly empty = new Condition(() => this.size === 0 && this.waiters.length === 0);

  /** @param onTaken called after each notification that is in the outbox */
  constructor(
    private readonly queue: OutboxQueue,
    private readonly options: SourceOutboxOptions,
    private readonly onTaken: () => void,
  ) {}

  /** Notifications kept, those on their way included. */
  get size(): number {
    return this.queue.size;
  }

  /**
   * Puts a notification into the outbox.
   *
   * @returns whether it was taken; false when the rule `dropNewest` dropped it
   * @throws ConnectorError when it is not a JSON object, the outbox is full under the rule `error`, or this is closed
   */
  async take(object: unknown): Promise<boolean> {
    const text = serialize(object);
    this.checkSize(text);
    if (this.stopped) throw closedError();
    // Those who wait go first, so that the order stays.
    if (this.waiters.length > 0) return this.wait(text);
    if (this.size < this.options.capacity) return this.append(text);
    return this.overflow(text);
  }

  /** The next entries not yet read. */
  read(limit: number): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]> {
    return this.queue.read(limit);
  }

  /** Removes the oldest entry, and lets in those who wait for room. @returns what its driver needs time for */
  remove(): void | Promise<void> {
    const result = this.queue.remove(1);
    this.admit();
    this.empty.check();
    return result;
  }

  /** The next {@link read} starts at the oldest entry again. */
  rewind(): void {
    return this.queue.rewind();
  }

  /** Resolves true once it is empty, or false after a deadline in milliseconds. */
  flush(deadline: number): Promise<boolean> {
    return this.empty.until(deadline);
  }

  /** Takes no more; those who wait get an error. */
  stopIntake(): void {
    this.stopped = true;
    for (const { reject } of this.waiters.splice(0)) reject(closedError());
  }

  async close(): Promise<void> {
    this.stopIntake();
    await (this.closing ??= Promise.resolve(this.queue.close()));
  }

  /** The outbox may have room again: lets in those who wait. */
  private admit(): void {
    while (this.waiters.length > 0 && this.size < this.options.capacity) {
      const { text, resolve, reject } = this.waiters.shift() as Waiter;
      this.append(text).then(resolve, reject);
    }
  }

  private async append(text: string): Promise<boolean> {
    this.number += 1;
    try {
      await this.queue.append({ id: `${this.options.epoch}:${this.number}`, object: text });
    } catch (error) {
      // Its place is free again, and nothing else would let the next one in.
      this.admit();
      throw error;
    }
    this.onTaken();
    return true;
  }

  /** A hub closes the socket at a message above its limit: one that is kept would be sent again after each cut. */
  private checkSize(text: string): void {
    const { maxNotificationBytes } = this.options;
    // No character takes more than three bytes for each of its halves.
    if (text.length * 3 <= maxNotificationBytes) return;
    const bytes = Buffer.byteLength(text);
    if (bytes <= maxNotificationBytes) return;
    throw new ConnectorError(
      `The notification has ${bytes} bytes; ${maxNotificationBytes} are allowed. Send it in parts, or raise outbox.maxNotificationBytes and the hub's limit`,
      'TOO_LARGE',
    );
  }

  private wait(text: string): Promise<boolean> {
    return new Promise((resolve, reject) => this.waiters.push({ text, resolve, reject }));
  }

  /** Applies the rule to a notification for which there is no room. Later calls must not overtake it. */
  private overflow(text: string): Promise<boolean> | boolean {
    const { overflow, capacity } = this.options;
    if (overflow === 'wait') return this.wait(text);
    if (overflow === 'error') {
      throw new ConnectorError(
        `The outbox is full: ${capacity} notifications are waiting; raise outbox.capacity, or choose another outbox.overflow`,
        'TOO_MANY_REQUESTS',
      );
    }
    this.dropped += 1;
    if (overflow === 'dropNewest') return false;
    // When everything kept is on its way there is no older one to drop.
    const hasRoom = this.queue.dropOldest();
    if (!isThenable(hasRoom)) return hasRoom && this.append(text);
    const result = this.wait(text);
    callOut(
      () => this.makeRoom(hasRoom),
      (error) => this.waiters.splice(0).forEach(({ reject }) => reject(error)),
    );
    return result;
  }

  /** Makes room for those who wait, one after the other: the driver needs time to drop one. */
  private async makeRoom(first: PromiseLike<boolean>): Promise<void> {
    for (let room = first; ; room = this.dropOldest()) {
      const answer = await Promise.resolve(room).then(
        (isThere) => ({ isThere }),
        (error: unknown) => ({ error }),
      );
      // There is none when an acknowledgement made room before, or the connection was closed.
      const waiter = this.waiters.shift();
      if (waiter && 'error' in answer) waiter.reject(answer.error);
      else if (waiter && 'isThere' in answer && answer.isThere)
        this.append(waiter.text).then(waiter.resolve, waiter.reject);
      else waiter?.resolve(false);
      this.admit();
      if (this.waiters.length === 0) return;
      this.dropped += 1;
    }
  }

  /** What the driver throws rejects. */
  private async dropOldest(): Promise<boolean> {
    return this.queue.dropOldest();
  }
}

function closedError(): ConnectorError {
  return new ConnectorError('The connection is closed; it takes no more notifications', 'GOING_AWAY');
}

function serialize(object: unknown): string {
  if (!isObject(object)) throw notAnObject(kindOf(object));
  const text = jsonText('notification', object);
  // An object may turn itself into something else by `toJSON`.
  if (text?.startsWith('{')) return text;
  throw notAnObject('an object whose toJSON gives something else');
}

function notAnObject(given: string): ConnectorError {
  return new ConnectorError(`A notification must be a JSON object, not ${given}`, 'INVALID');
}
