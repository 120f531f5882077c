import { randomUUID } from 'node:crypto';
import { ConnectorError } from '../errors/connector.error.js';
import type { OutboxEntry, OutboxQueue } from '../outbox/outbox.port.js';
import { NOTIFICATION_ID_HEADER, REDELIVERED_HEADER, SOURCES_RESOURCE } from '../protocol/constants.js';
import { isObject } from '../protocol/messages.js';
import type { OverflowPolicy } from './overflow.js';
import { SentLedger } from './sent-ledger.js';

/** Where a sender writes; a live, configured link. */
export interface NotificationOutlet {
  readonly isOpen: boolean;
  send(text: string): boolean;
  drained(): Promise<void>;
  fail(message: string, code?: number): void;
}

export interface NotificationSenderOptions {
  readonly source: string;
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  /** Notifications on their way without an acknowledgement. */
  readonly window: number;
  /** How long the hub may owe an acknowledgement, in milliseconds. */
  readonly ackTimeout: number;
  /** Forget a notification once it is handed to the socket. */
  readonly atMostOnce: boolean;
  /** Send the id of each notification, so that a hub can tell a repeated sending. */
  readonly ids: boolean;
  readonly report: (message: string) => void;
}

/** A notification that waits for room in the outbox. */
interface Waiter {
  readonly text: string;
  readonly resolve: (taken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** How many notifications are read at a time when no window applies. */
const AT_MOST_ONCE_BATCH = 256;
/** Result of a step after which there is nothing to do until something changes. */
const STOP = Symbol('stop');

/** Counters of the notifications of one source. */
export interface NotificationCounters {
  /** In the outbox, those on their way included. */
  readonly waiting: number;
  /** Sent and not yet acknowledged. */
  readonly inFlight: number;
  readonly acknowledged: number;
  /** Refused by the hub with a status of at least 300; not sent again. */
  readonly refused: number;
  /** Lost to the overflow rule. */
  readonly dropped: number;
  /** Sent more than once, after a connection was cut. */
  readonly resent: number;
}

/**
 * Carries notifications from the outbox to the hub: in order, no more than a window without acknowledgement, again
 * after a cut. Nothing is removed from the outbox before the hub has answered it (at least once), unless
 * `atMostOnce` asks for that.
 */
export class NotificationSender {
  readonly ledger = new SentLedger();
  private readonly epoch = randomUUID();
  private number = 0;
  private outlet: NotificationOutlet | undefined;
  private readonly waiters: Waiter[] = [];
  private readonly idleWaiters = new Set<() => void>();
  /** The outbox is read, or the send buffer is full. */
  private busy = false;
  /** Something changed meanwhile. */
  private pumpAgain = false;
  private ackTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private lastProgress = 0;
  private closed = false;
  private highestSent = 0;
  private readonly counts = { acknowledged: 0, refused: 0, dropped: 0, resent: 0 };
  private readonly head: string;

  constructor(
    private readonly queue: OutboxQueue,
    private readonly options: NotificationSenderOptions,
  ) {
    this.head = `{"op":"notification","resourceName":"${SOURCES_RESOURCE}","resourceId":${JSON.stringify(options.source)},"object":`;
  }

  get counters(): NotificationCounters {
    return { waiting: this.queue.size, inFlight: this.ledger.inFlight, ...this.counts };
  }

  /**
   * Puts a notification into the outbox.
   *
   * @returns whether it was taken; false when the rule `dropNewest` dropped it
   * @throws ConnectorError when it is no JSON object, the outbox is full under the rule `error`, or this is closed
   */
  async notify(object: unknown): Promise<boolean> {
    const text = serialize(object);
    if (this.closed) throw closedError();
    // Those who wait go first, so that the order stays.
    if (this.waiters.length > 0 || this.queue.size >= this.options.capacity) {
      if (this.options.overflow === 'wait') {
        return new Promise((resolve, reject) => this.waiters.push({ text, resolve, reject }));
      }
      if (!(await this.makeRoom())) return false;
    }
    return this.enqueue(text);
  }

  /** Begins to send on a link that has been configured. */
  attach(outlet: NotificationOutlet): void {
    this.outlet = outlet;
    this.lastProgress = Date.now();
    this.pump();
  }

  /** Stops sending. What is on its way may still be acknowledged. */
  pause(): void {
    this.outlet = undefined;
  }

  /** The socket has ended: what was not acknowledged goes again on the next one. */
  lost(): void {
    this.outlet = undefined;
    this.ledger.clear();
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    this.queue.rewind();
  }

  /** Takes a status without an address. @returns what it was for */
  status(refused: boolean): 'notification' | 'response' | undefined {
    const kind = this.ledger.acknowledged();
    if (kind === undefined) return undefined;
    this.lastProgress = Date.now();
    if (kind === 'notification') {
      if (refused) this.counts.refused += 1;
      else this.counts.acknowledged += 1;
      if (!this.options.atMostOnce) this.removed(1);
    }
    this.pump();
    return kind;
  }

  /** Notes a query response, which is acknowledged in the same row. */
  sentResponse(): void {
    this.ledger.sent('response');
    this.watchAcknowledgements();
  }

  /** Resolves true once the outbox is empty, or false after a deadline in milliseconds. */
  async flush(deadline: number): Promise<boolean> {
    if (this.isIdle) return true;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.idleWaiters.delete(done);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.idleWaiters.delete(done);
        resolve(false);
      }, deadline);
      this.idleWaiters.add(done);
    });
  }

  /** Resolves true once everything sent is acknowledged, or false after a deadline in milliseconds. */
  async settled(deadline: number): Promise<boolean> {
    const end = Date.now() + deadline;
    // Rare (a configuration change), and over within a round trip: looking again is simpler than a list of waiters.
    while (this.ledger.size > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.ledger.size === 0;
  }

  /** Takes no more notifications; waiting callers get an error. */
  stopIntake(): void {
    this.closed = true;
    for (const { reject } of this.waiters.splice(0)) reject(closedError());
  }

  async close(): Promise<void> {
    this.stopIntake();
    clearTimeout(this.ackTimer);
    clearTimeout(this.retryTimer);
    this.outlet = undefined;
    await this.queue.close();
  }

  private get isIdle(): boolean {
    return this.queue.size === 0 && this.waiters.length === 0;
  }

  private async enqueue(text: string): Promise<boolean> {
    this.number += 1;
    await this.queue.append({ id: `${this.epoch}:${this.number}`, object: text });
    this.pump();
    return true;
  }

  private async makeRoom(): Promise<boolean> {
    const { overflow, capacity } = this.options;
    if (overflow === 'error') {
      throw new ConnectorError(`The outbox is full: ${capacity} notifications are waiting`, 'TOO_MANY_REQUESTS');
    }
    this.counts.dropped += 1;
    // When everything kept is on its way there is no older one to drop.
    return overflow === 'dropOldest' && (await this.queue.dropOldest());
  }

  private removed(count: number): void {
    const result = this.queue.remove(count);
    if (result) result.catch((error: unknown) => this.trouble(error));
    while (this.waiters.length > 0 && this.queue.size < this.options.capacity) {
      const { text, resolve, reject } = this.waiters.shift() as Waiter;
      this.enqueue(text).then(resolve, reject);
    }
    if (this.isIdle) for (const done of [...this.idleWaiters]) done();
  }

  /** Sends what the window allows. Stays synchronous as long as outbox and socket do. */
  private pump(): void {
    this.pumpAgain = this.busy;
    while (!this.busy) {
      const { outlet } = this;
      const room = this.options.atMostOnce ? AT_MOST_ONCE_BATCH : this.options.window - this.ledger.inFlight;
      if (!outlet?.isOpen || room <= 0 || !this.hasUnsent) return;
      const result = this.queue.read(room);
      if (result instanceof Promise) {
        this.pumpAfter(
          result.then(async (entries) => {
            // Nothing there yet: an append that is under way pumps again when it has ended.
            if (entries.length === 0) return STOP;
            await this.sendAll(outlet, entries);
            return undefined;
          }),
        );
        return;
      }
      if (result.length === 0) return;
      const blocked = this.sendAll(outlet, result);
      if (blocked) this.pumpAfter(blocked);
    }
  }

  private get hasUnsent(): boolean {
    return this.options.atMostOnce ? this.queue.size > 0 : this.queue.size > this.ledger.inFlight;
  }

  private pumpAfter(step: Promise<unknown>): void {
    this.busy = true;
    step.then(
      (result) => {
        this.busy = false;
        if (result !== STOP || this.pumpAgain) this.pump();
      },
      (error: unknown) => {
        this.busy = false;
        this.trouble(error);
      },
    );
  }

  /** @returns a promise when the send buffer is full */
  private sendAll(outlet: NotificationOutlet, entries: readonly OutboxEntry[]): Promise<void> | undefined {
    // Lost meanwhile: the queue has been rewound, and gives these again.
    if (outlet !== this.outlet || !outlet.isOpen) return undefined;
    let more = true;
    for (const entry of entries) more = this.sendEntry(outlet, entry);
    this.watchAcknowledgements();
    return more ? undefined : outlet.drained();
  }

  private sendEntry(outlet: NotificationOutlet, { id, object }: OutboxEntry): boolean {
    this.ledger.sent('notification');
    const again = this.isRepeated(id);
    let tail = '}';
    if (this.options.ids) {
      tail = `,"messageHeaders":{"${NOTIFICATION_ID_HEADER}":"${id}"${again ? `,"${REDELIVERED_HEADER}":"true"` : ''}}}`;
    }
    const more = outlet.send(this.head + object + tail);
    if (this.options.atMostOnce) this.removed(1);
    return more;
  }

  /** Whether it may have been sent before, by this process or by an earlier one that left it in the outbox. */
  private isRepeated(id: string): boolean {
    if (!id.startsWith(this.epoch)) return true;
    const number = Number(id.slice(this.epoch.length + 1));
    if (number > this.highestSent) {
      this.highestSent = number;
      return false;
    }
    this.counts.resent += 1;
    return true;
  }

  /** A hub that owes an acknowledgement for too long has lost us: a new connection sends everything again. */
  private watchAcknowledgements(): void {
    if (this.ackTimer || this.options.atMostOnce) return;
    if (this.ledger.size <= 1) this.lastProgress = Date.now();
    this.ackTimer = setTimeout(() => {
      this.ackTimer = undefined;
      if (this.ledger.size === 0) return;
      if (Date.now() - this.lastProgress >= this.options.ackTimeout) {
        this.outlet?.fail(`The hub acknowledged nothing for ${this.options.ackTimeout} ms`);
      } else this.watchAcknowledgements();
    }, this.options.ackTimeout);
    this.ackTimer.unref();
  }

  private trouble(error: unknown): void {
    this.options.report(`The outbox failed: ${error instanceof Error ? error.message : 'unknown error'}`);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.pump(), 1000);
    this.retryTimer.unref();
  }
}

function closedError(): ConnectorError {
  return new ConnectorError('The connection is closed; it takes no more notifications', 'GOING_AWAY');
}

function serialize(object: unknown): string {
  if (!isObject(object)) throw new ConnectorError('A notification is a JSON object', 'INVALID');
  try {
    return JSON.stringify(object);
  } catch (error) {
    throw new ConnectorError('The notification cannot be written as JSON', 'INVALID', { cause: error });
  }
}
