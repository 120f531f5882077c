import { noConnector } from '../queries/hub-errors.js';
import type { ServingSession } from './serving-session.js';
import { DeliveryQueue } from '../notifications/delivery-queue.js';
import { NotificationLog } from '../notifications/notification-log.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { SourceNotification } from '@millrace/protocol';

interface Waiter {
  readonly proceed: (session: ServingSession) => void;
  readonly fail: (error: Error) => void;
}

/** What the hub knows of one source at run time; it outlives sessions. */
export class HubSource {
  readonly deliveries: DeliveryQueue;
  readonly log: NotificationLog;
  /** When the source got or lost its connector, in milliseconds since 1970. */
  since = Date.now();
  lastError: { message: string; at: number } | undefined;
  readonly counters = { notifications: 0, publishes: 0, queries: 0 };
  private live: ServingSession | undefined;
  private reclaimUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiters: Waiter[] = [];

  constructor(
    readonly name: string,
    private readonly settings: HubSettings,
    deliver: (notification: SourceNotification) => unknown,
  ) {
    this.log = new NotificationLog({ count: settings.keepNotifications, bytes: settings.keepNotificationBytes });
    this.deliveries = new DeliveryQueue(name, (notification, bytes) => {
      this.counters.notifications += 1;
      this.log.add(notification, bytes);
      return deliver(notification);
    });
  }

  get session(): ServingSession | undefined {
    return this.live;
  }

  /** A session has claimed the source and got its configuration. */
  attach(session: ServingSession): void {
    this.live = session;
    this.since = Date.now();
    this.reclaimUntil = 0;
    clearTimeout(this.timer);
    for (const { proceed } of this.waiters.splice(0)) proceed(session);
  }

  /** A session has ended; that of a replaced one changes nothing. */
  detach(session: ServingSession): void {
    if (this.live !== session) return;
    this.live = undefined;
    this.since = Date.now();
    if (this.reclaimUntil <= Date.now()) this.failWaiters();
  }

  /** The connector was asked to claim anew: what is for it waits a moment (connector§4.6). */
  expectReclaim(): void {
    this.reclaimUntil = Date.now() + this.settings.reclaimWait;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.failWaiters(), this.settings.reclaimWait);
    this.timer.unref();
  }

  /** The source was deleted: those who wait for its connector get an error. */
  abandon(): void {
    this.reclaimUntil = 0;
    this.failWaiters();
  }

  /**
   * The session to send to: at once, or after a new claim that is under way. Callers keep their order.
   *
   * @throws HubQueryError when there is none
   */
  target(): ServingSession | Promise<ServingSession> {
    if (this.live && !this.live.isReclaiming) return this.live;
    if (this.reclaimUntil <= Date.now()) throw noConnector(this.name);
    return new Promise((proceed, fail) => this.waiters.push({ proceed, fail }));
  }

  private failWaiters(): void {
    clearTimeout(this.timer);
    for (const { fail } of this.waiters.splice(0)) fail(noConnector(this.name));
  }
}
