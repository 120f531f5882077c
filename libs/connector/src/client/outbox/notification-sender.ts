import type { OutboxEntry } from '../../api/outbox.port.js';
import type { OutboxSettings } from '../../connector.options.js';
import { callOut, isThenable, thrownText } from '@millrace/protocol';
import type { NotificationFrames } from './notification-frames.js';
import type { SourceOutbox } from './source-outbox.js';

/** How many notifications are read at a time when no window applies. */
const AT_MOST_ONCE_BATCH = 256;
/** Pause before the outbox is tried again after an error of its driver, in milliseconds. */
const RETRY_PAUSE = 1000;

/**
 * Carries notifications from the outbox to the hub: in order, no more than a window without acknowledgement, again
 * after a cut. Nothing is removed from the outbox before the hub has answered it (at least once), unless
 * `atMostOnce` asks for that.
 */
export class NotificationSender {
  /** Taken by the hub so far. */
  acknowledged = 0;
  /** Refused by the hub so far. */
  refused = 0;
  private outlet: NotificationOutlet | undefined;
  private paused = true;
  /** Grows whenever what was read so far is to be read again: entries on their way from the outbox are stale then. */
  private generation = 0;
  /** The outbox could not be rewound: what it has not given again is not to be left out. */
  private rewindDue = false;
  /** The outbox is read, or the send buffer is full. */
  private busy = false;
  /** Something changed meanwhile. */
  private pumpAgain = false;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly outbox: SourceOutbox,
    private readonly frames: NotificationFrames,
    private readonly options: NotificationSenderOptions,
  ) {}

  /** Sent and not yet acknowledged. */
  get inFlight(): number {
    return this.outlet?.inFlight ?? 0;
  }

  /** Begins to send on a session that has been configured. */
  attach(outlet: NotificationOutlet): void {
    this.outlet = outlet;
    this.paused = false;
    this.pump();
  }

  /** Stops sending. What is on its way may still be acknowledged; {@link restart} comes before the next `attach`. */
  pause(): void {
    this.paused = true;
    this.generation += 1;
  }

  /** The hub owes nothing any more: what it has not acknowledged is sent again. */
  restart(): void {
    this.pause();
    this.outlet = undefined;
    this.rewind();
  }

  /** The hub has answered the oldest notification on its way. */
  answered(refused: boolean): void {
    if (refused) this.refused += 1;
    else this.acknowledged += 1;
    if (!this.options.atMostOnce) this.remove();
    this.pump();
  }

  stop(): void {
    this.paused = true;
    clearTimeout(this.retryTimer);
  }

  /** Sends what the window allows. Stays synchronous as long as outbox and socket do. */
  pump(): void {
    this.pumpAgain = this.busy;
    try {
      while (!this.busy && this.sendSome());
    } catch (error) {
      // It is called from socket events and between handlers, where an error would end the process.
      this.outboxFailed(error);
    }
  }

  /** @returns whether there may be more to send at once */
  private sendSome(): boolean {
    const { outlet, generation } = this;
    if (this.paused || !outlet?.isOpen) return false;
    const room = this.room(outlet);
    if (room <= 0) return false;
    if (this.rewindDue) this.rewind();
    // The outbox is tried again in a moment.
    if (this.rewindDue) return false;
    const result = this.outbox.read(room);
    if (isThenable(result)) {
      this.pumpAfter(
        Promise.resolve(result).then(async (entries) => {
          // Nothing there yet: an append that is under way pumps again when it has ended.
          if (entries.length === 0) return false;
          if (generation === this.generation) await this.sendAll(outlet, entries);
          return true;
        }),
      );
      return false;
    }
    if (result.length === 0) return false;
    const blocked = this.sendAll(outlet, result);
    if (blocked) this.pumpAfter(blocked);
    return true;
  }

  private rewind(): void {
    this.rewindDue = true;
    callOut(
      () => {
        const result: unknown = this.outbox.rewind();
        this.rewindDue = false;
        return result;
      },
      (error) => this.outboxFailed(error),
    );
  }

  /** How many may be sent now; 0 when nothing waits. */
  private room({ inFlight }: NotificationOutlet): number {
    if (this.options.atMostOnce) return this.outbox.size > 0 ? AT_MOST_ONCE_BATCH : 0;
    return this.outbox.size > inFlight ? this.options.window - inFlight : 0;
  }

  /** @param step resolves false when there is nothing to do until something changes */
  private pumpAfter(step: Promise<unknown>): void {
    this.busy = true;
    step.then(
      (result) => {
        this.busy = false;
        if (result !== false || this.pumpAgain) this.pump();
      },
      (error: unknown) => {
        this.busy = false;
        this.outboxFailed(error);
      },
    );
  }

  /** @returns a promise when the send buffer is full */
  private sendAll(outlet: NotificationOutlet, entries: readonly OutboxEntry[]): Promise<void> | undefined {
    // Ended meanwhile: the outbox is rewound at the end of the session, and gives these again.
    if (!outlet.isOpen) return undefined;
    let more = true;
    for (const entry of entries) {
      more = outlet.notify(this.frames.write(entry));
      if (this.options.atMostOnce) this.remove();
    }
    return more ? undefined : outlet.drained();
  }

  private remove(): void {
    callOut(
      () => this.outbox.remove(),
      (error) => this.outboxFailed(error),
    );
  }

  private outboxFailed(error: unknown): void {
    this.options.report(`The outbox failed: ${thrownText(error)}`);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.pump(), RETRY_PAUSE);
    this.retryTimer.unref();
  }
}

/** Where a sender writes: a session that has been configured. */
export interface NotificationOutlet {
  readonly isOpen: boolean;
  /** Notifications sent and not yet acknowledged. */
  readonly inFlight: number;
  /** @returns false when the send buffer is full */
  notify(text: string): boolean;
  drained(): Promise<void>;
}

export interface NotificationSenderOptions extends Pick<OutboxSettings, 'window' | 'atMostOnce'> {
  /** Takes what the host should know of a failing outbox. */
  readonly report: (message: string) => void;
}
