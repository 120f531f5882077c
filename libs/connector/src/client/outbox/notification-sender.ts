import { randomUUID } from 'node:crypto';
import type { OutboxEntry, OutboxQueue } from '../../api/outbox.port.js';
import { AcknowledgementWatch } from '../session/acknowledgement-watch.js';
import { NotificationFrames } from './notification-frames.js';
import { NotificationIntake } from './notification-intake.js';
import type {
  NotificationCounters,
  NotificationOutlet,
  NotificationSenderOptions,
} from './notification-sender.interface.js';
import { SentLedger, type SentKind } from '../session/sent-ledger.js';

/** How many notifications are read at a time when no window applies. */
const AT_MOST_ONCE_BATCH = 256;
/** Acknowledgements waited for when none is needed. */
const AT_MOST_ONCE_OWED = 10_000;
/** Pause before the outbox is tried again after an error of its driver, in milliseconds. */
const RETRY_PAUSE = 1000;
/** Result of a step after which there is nothing to do until something changes. */
const STOP = Symbol('stop');

/**
 * Carries notifications from the outbox to the hub: in order, no more than a window without acknowledgement, again
 * after a cut. Nothing is removed from the outbox before the hub has answered it (at least once), unless
 * `atMostOnce` asks for that.
 */
export class NotificationSender {
  private readonly ledger: SentLedger;
  private readonly intake: NotificationIntake;
  private readonly frames: NotificationFrames;
  private readonly watch: AcknowledgementWatch;
  private outlet: NotificationOutlet | undefined;
  /** Grows whenever what was read so far is to be read again: entries on their way from the outbox are stale then. */
  private generation = 0;
  private readonly idleWaiters = new Set<() => void>();
  /** The outbox is read, or the send buffer is full. */
  private busy = false;
  /** Something changed meanwhile. */
  private pumpAgain = false;
  private retryTimer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;
  private acknowledged = 0;
  private refused = 0;

  constructor(
    private readonly queue: OutboxQueue,
    private readonly options: NotificationSenderOptions,
  ) {
    const epoch = randomUUID();
    // Nothing ends a connection whose hub never acknowledges then.
    this.ledger = new SentLedger(options.atMostOnce ? AT_MOST_ONCE_OWED : Infinity);
    this.intake = new NotificationIntake(queue, { ...options, epoch }, () => this.pump());
    this.frames = new NotificationFrames(options.source, epoch, options.ids);
    // A new connection sends everything again.
    this.watch = new AcknowledgementWatch(
      options.ackTimeout,
      () => this.ledger.size,
      () => this.outlet?.fail(`The hub acknowledged nothing for ${options.ackTimeout} ms`),
    );
  }

  get counters(): NotificationCounters {
    return {
      waiting: this.queue.size,
      inFlight: this.ledger.inFlight,
      acknowledged: this.acknowledged,
      refused: this.refused,
      dropped: this.intake.dropped,
      resent: this.frames.resent,
    };
  }

  /** Puts a notification into the outbox, as {@link NotificationIntake.take} says. */
  notify(object: unknown): Promise<boolean> {
    return this.intake.take(object);
  }

  /** Begins to send on a link that has been configured. */
  attach(outlet: NotificationOutlet): void {
    this.outlet = outlet;
    this.watch.progress();
    this.pump();
  }

  /** Stops sending. What is on its way may still be acknowledged; {@link restart} comes before the next `attach`. */
  pause(): void {
    this.outlet = undefined;
    this.generation += 1;
  }

  /** The hub owes nothing any more: what it has not acknowledged is sent again. */
  restart(): void {
    this.pause();
    this.ledger.clear();
    this.watch.stop();
    this.queue.rewind();
  }

  /** Takes a status without an address. @returns what it was for */
  status(refused: boolean): SentKind | undefined {
    const kind = this.ledger.acknowledged();
    if (kind === undefined) return undefined;
    this.watch.progress();
    if (kind === 'notification') {
      if (refused) this.refused += 1;
      else this.acknowledged += 1;
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
    this.intake.stop();
  }

  async close(): Promise<void> {
    this.stopIntake();
    this.watch.stop();
    clearTimeout(this.retryTimer);
    this.outlet = undefined;
    await (this.closing ??= Promise.resolve(this.queue.close()));
  }

  private get isIdle(): boolean {
    return this.queue.size === 0 && this.intake.isIdle;
  }

  private removed(count: number): void {
    const result = this.queue.remove(count);
    if (result) result.catch((error: unknown) => this.trouble(error));
    this.intake.admit();
    if (this.isIdle) for (const done of [...this.idleWaiters]) done();
  }

  /** Sends what the window allows. Stays synchronous as long as outbox and socket do. */
  private pump(): void {
    this.pumpAgain = this.busy;
    while (!this.busy) {
      const { outlet, generation } = this;
      const room = this.options.atMostOnce ? AT_MOST_ONCE_BATCH : this.options.window - this.ledger.inFlight;
      if (!outlet?.isOpen || room <= 0 || !this.hasUnsent) return;
      const result = this.queue.read(room);
      if (result instanceof Promise) {
        this.pumpAfter(
          result.then(async (entries) => {
            // Nothing there yet: an append that is under way pumps again when it has ended.
            if (entries.length === 0) return STOP;
            if (generation === this.generation) await this.sendAll(outlet, entries);
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
    // Ended meanwhile: the queue is rewound by those who notice, and gives these again.
    if (!outlet.isOpen) return undefined;
    let more = true;
    for (const entry of entries) more = this.sendEntry(outlet, entry);
    this.watchAcknowledgements();
    return more ? undefined : outlet.drained();
  }

  private sendEntry(outlet: NotificationOutlet, entry: OutboxEntry): boolean {
    this.ledger.sent('notification');
    const more = outlet.send(this.frames.write(entry));
    if (this.options.atMostOnce) this.removed(1);
    return more;
  }

  private watchAcknowledgements(): void {
    if (!this.options.atMostOnce) this.watch.sent();
  }

  private trouble(error: unknown): void {
    this.options.report(`The outbox failed: ${error instanceof Error ? error.message : 'unknown error'}`);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.pump(), RETRY_PAUSE);
    this.retryTimer.unref();
  }
}
