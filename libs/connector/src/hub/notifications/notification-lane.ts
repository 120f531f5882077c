import { Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core';
import type { SourceNotification } from '../../api/source-notification.interface.js';
import { Repetition } from './repetition.js';

/** How the delivery of one notification ended. */
export type DeliveryResult =
  | 'delivered'
  /** Delivered before; not delivered again. */
  | 'repeated'
  /** A handler failed; the notification is refused. */
  | 'failed'
  /** A handler cannot take it at the moment; the connector should keep it and come back. */
  | 'unavailable'
  /** One before it could not be taken; its connector sends both again. */
  | 'dropped';

interface Item {
  readonly notification: SourceNotification;
  readonly bytes: number;
  readonly done: (result: DeliveryResult) => void;
  readonly isOver: () => boolean;
}

/**
 * Delivers the notifications of one source one after the other, in the order in which they came, also across the
 * sessions of its connector. Stays synchronous as long as the handlers do.
 */
export class NotificationLane {
  private readonly logger = new Logger('ConnectorHub');
  private readonly repetition = new Repetition();
  private items: Item[] = [];
  private head = 0;
  private busy = false;
  /** Notifications that had been delivered before and were not delivered again. */
  repeated = 0;

  constructor(
    private readonly source: string,
    private readonly deliver: (notification: SourceNotification, bytes: number) => unknown,
  ) {}

  /** @param isOver whether its connector sends it again, after one before it that could not be taken */
  push(
    notification: SourceNotification,
    bytes: number,
    done: (result: DeliveryResult) => void,
    isOver: () => boolean = () => false,
  ): void {
    this.items.push({ notification, bytes, done, isOver });
    if (!this.busy) this.work();
  }

  private work(): void {
    for (;;) {
      const item = this.items[this.head];
      if (!item) {
        this.items = [];
        this.head = 0;
        return;
      }
      this.head += 1;
      if (this.head > 1024) {
        this.items = this.items.slice(this.head);
        this.head = 0;
      }
      const step = this.begin(item);
      if (!step) continue;
      this.busy = true;
      void step.then(() => {
        this.busy = false;
        this.work();
      });
      return;
    }
  }

  private begin(item: Item): Promise<void> | undefined {
    const { notification, bytes, done } = item;
    // Without an id it is not sent again, so it is delivered all the same. With one, its delivery would make the one
    // before it look like a repetition when that comes again.
    if (notification.id !== undefined && item.isOver()) {
      done('dropped');
      return undefined;
    }
    if (notification.id !== undefined && this.repetition.isRepeated(notification.id)) {
      this.repeated += 1;
      done('repeated');
      return undefined;
    }
    try {
      const result = this.deliver(notification, bytes);
      if (result instanceof Promise) {
        return result.then(
          () => this.delivered(item),
          (error: unknown) => this.failed(item, error),
        );
      }
      this.delivered(item);
    } catch (error) {
      this.failed(item, error);
    }
    return undefined;
  }

  private delivered({ notification, done }: Item): void {
    if (notification.id !== undefined) this.repetition.delivered(notification.id);
    done('delivered');
  }

  private failed({ done }: Item, error: unknown): void {
    const temporary = error instanceof MillraceError && error.closeCode === 1013;
    this.logger.error(
      `A notification of source ${this.source} could not be handled: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}`,
    );
    done(temporary ? 'unavailable' : 'failed');
  }
}
