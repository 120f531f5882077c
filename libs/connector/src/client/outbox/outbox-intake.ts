import { ConnectorError } from '../../errors/connector.error.js';
import type { OutboxQueue } from '../../api/outbox.port.js';
import { isObject, kindOf, reasonOf } from '../../protocol/messages.js';
import type { OverflowPolicy } from '../../connector.options.js';

/** A notification that waits for room in the outbox. */
interface Waiter {
  readonly text: string;
  readonly resolve: (taken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export interface OutboxIntakeOptions {
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  /** The largest notification taken, in bytes of JSON. */
  readonly maxNotificationBytes: number;
  /** Begins the ids of this process. */
  readonly epoch: string;
}

/** Puts notifications into the outbox, in the order of the calls, and applies the rule for a full one. */
export class OutboxIntake {
  /** Lost to the overflow rule so far. */
  dropped = 0;
  private readonly waiters: Waiter[] = [];
  private number = 0;
  private closed = false;

  /** @param onTaken called after each notification that is in the outbox */
  constructor(
    private readonly queue: OutboxQueue,
    private readonly options: OutboxIntakeOptions,
    private readonly onTaken: () => void,
  ) {}

  /** Whether no caller waits for room. */
  get isIdle(): boolean {
    return this.waiters.length === 0;
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
    if (this.closed) throw closedError();
    // Those who wait go first, so that the order stays.
    if (this.waiters.length > 0) return this.wait(text);
    if (this.queue.size < this.options.capacity) return this.append(text);
    return this.overflow(text);
  }

  /** The outbox may have room again: lets in those who wait. */
  admit(): void {
    while (this.waiters.length > 0 && this.queue.size < this.options.capacity) {
      const { text, resolve, reject } = this.waiters.shift() as Waiter;
      this.append(text).then(resolve, reject);
    }
  }

  /** Takes no more; those who wait get an error. */
  stop(): void {
    this.closed = true;
    for (const { reject } of this.waiters.splice(0)) reject(closedError());
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
    if (!(hasRoom instanceof Promise)) return hasRoom && this.append(text);
    const result = this.wait(text);
    void this.makeRoom(hasRoom);
    return result;
  }

  /** Makes room for those who wait, one after the other: the driver needs time to drop one. */
  private async makeRoom(first: Promise<boolean>): Promise<void> {
    let room = first;
    for (;;) {
      const answer = await room.catch((error: unknown) => ({ error }));
      // There is none when an acknowledgement made room before, or the connection was closed.
      const waiter = this.waiters.shift();
      if (waiter && typeof answer === 'object') waiter.reject(answer.error);
      else if (waiter && answer) this.append(waiter.text).then(waiter.resolve, waiter.reject);
      else waiter?.resolve(false);
      this.admit();
      if (this.waiters.length === 0) return;
      this.dropped += 1;
      room = Promise.resolve(this.queue.dropOldest());
    }
  }
}

function closedError(): ConnectorError {
  return new ConnectorError('The connection is closed; it takes no more notifications', 'GOING_AWAY');
}

function serialize(object: unknown): string {
  if (!isObject(object)) throw notAnObject(kindOf(object));
  let text: unknown;
  try {
    text = JSON.stringify(object);
  } catch (error) {
    throw new ConnectorError(`The notification cannot be written as JSON: ${reasonOf(error)}`, 'INVALID', {
      cause: error,
    });
  }
  // An object may turn itself into something else by `toJSON`.
  if (typeof text === 'string' && text.startsWith('{')) return text;
  throw notAnObject('an object whose toJSON gives something else');
}

function notAnObject(given: string): ConnectorError {
  return new ConnectorError(`A notification must be a JSON object, not ${given}`, 'INVALID');
}
