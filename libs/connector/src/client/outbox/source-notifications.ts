import { randomUUID } from 'node:crypto';
import type { NotificationCounters } from '../../api/source-status.interface.js';
import type { OutboxQueue } from '../../api/outbox.port.js';
import type { OutboxSettings } from '../../connector.options.js';
import { NotificationFrames } from './notification-frames.js';
import { NotificationSender, type NotificationSenderOptions } from './notification-sender.js';
import { SourceOutbox } from './source-outbox.js';

export interface SourceNotificationsOptions
  extends Omit<OutboxSettings, 'driver' | 'ackTimeout'>, NotificationSenderOptions {
  readonly source: string;
}

/** The notifications of one source: the outbox they wait in, and the sender that carries them to the hub. */
export class SourceNotifications {
  readonly outbox: SourceOutbox;
  readonly sender: NotificationSender;
  private readonly frames: NotificationFrames;

  constructor(queue: OutboxQueue, options: SourceNotificationsOptions) {
    const epoch = randomUUID();
    this.frames = new NotificationFrames(options.source, epoch, options.ids);
    this.outbox = new SourceOutbox(queue, { ...options, epoch }, () => this.sender.pump());
    this.sender = new NotificationSender(this.outbox, this.frames, options);
  }

  get counters(): NotificationCounters {
    return {
      waiting: this.outbox.size,
      inFlight: this.sender.inFlight,
      acknowledged: this.sender.acknowledged,
      refused: this.sender.refused,
      dropped: this.outbox.dropped,
      resent: this.frames.resent,
    };
  }

  async close(): Promise<void> {
    this.sender.stop();
    await this.outbox.close();
  }
}
