import { Logger } from '@nestjs/common';
import { describeError, MillraceError } from '@millrace/core/errors';
import { isThenable, type SourceNotification, thrownIs, thrownReport } from '@millrace/protocol';
import type { DeliveredMark } from '../directory/source-directory.js';
import { DeliveredIds } from './delivered-ids.js';

/** How the delivery of one notification ended. */
export type DeliveryResult =
  /** Delivered, now or before; or to come again after one that could not be taken. */
  | 'taken'
  /** A handler failed; the notification is refused. */
  | 'failed'
  /** A handler cannot take it at the moment; the connector should keep it and come back. */
  | 'unavailable';

/** A notification on its way to the handlers. */
interface Delivery {
  readonly notification: SourceNotification;
  readonly bytes: number;
  readonly done: (result: DeliveryResult) => void;
  /** Whether its connector sends it again, after one before it that could not be taken. */
  readonly isOver: () => boolean;
}

/** Who gets the notifications of one source. */
export interface DeliveryTarget {
  deliver(notification: SourceNotification, bytes: number): unknown;
  /** One with an id was delivered: it is not to be delivered again. */
  delivered(): void;
}

/**
 * Delivers the notifications of one source one after the other, in the order in which they came, also across the
 * sessions of its connector. Stays synchronous as long as the handlers do.
 */
export class DeliveryQueue {
  private readonly logger = new Logger('ConnectorHub');
  private readonly deliveredIds = new DeliveredIds();
  private readonly waiting: Delivery[] = [];
  private busy = false;

  constructor(
    private readonly source: string,
    private readonly target: DeliveryTarget,
  ) {}

  /** What {@link know} takes. */
  get delivered(): readonly DeliveredMark[] {
    return this.deliveredIds.marks;
  }

  /** What another instance has delivered is not delivered again. */
  know(marks: readonly DeliveredMark[]): void {
    this.deliveredIds.know(marks);
  }

  push(delivery: Delivery): void {
    this.waiting.push(delivery);
    if (!this.busy) this.work();
  }

  private work(): void {
    for (let delivery = this.waiting.shift(); delivery; delivery = this.waiting.shift()) {
      const step = this.begin(delivery);
      if (!step) continue;
      this.busy = true;
      void step.then(() => {
        this.busy = false;
        this.work();
      });
      return;
    }
  }

  private begin(delivery: Delivery): Promise<void> | undefined {
    const { notification, bytes, done } = delivery;
    const { id } = notification;
    // Without an id it is not sent again, so it is delivered all the same. With one, its delivery would make the one
    // before it look like a repetition when that comes again.
    if (id !== undefined && (delivery.isOver() || this.deliveredIds.isRepeated(id))) {
      done('taken');
      return undefined;
    }
    try {
      const result = this.target.deliver(notification, bytes);
      if (isThenable(result)) {
        return Promise.resolve(result).then(
          () => this.succeeded(delivery),
          (error: unknown) => this.failed(delivery, error),
        );
      }
      this.succeeded(delivery);
    } catch (error) {
      this.failed(delivery, error);
    }
    return undefined;
  }

  private succeeded({ notification, done }: Delivery): void {
    if (notification.id !== undefined) {
      this.deliveredIds.delivered(notification.id);
      this.target.delivered();
    }
    done('taken');
  }

  private failed({ done }: Delivery, error: unknown): void {
    const temporary = thrownIs(error, MillraceError) && describeError(error).closeCode === 1013;
    this.logger.error(`A notification of source ${this.source} could not be handled: ${thrownReport(error)}`);
    done(temporary ? 'unavailable' : 'failed');
  }
}
