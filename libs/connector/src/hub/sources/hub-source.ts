import { type SourceNotification, startTimer, type Timer } from '@millrace/protocol';
import type { OpenQuery, RowSink } from '../queries/open-queries.js';
import { hubError } from '../queries/hub-errors.js';
import { DeliveryQueue } from '../notifications/delivery-queue.js';
import type { HubSettings } from '../../connector-hub.options.js';

/** What the hub knows of one source at run time; it outlives sessions. */
export class HubSource {
  readonly deliveries: DeliveryQueue;
  readonly log: NotificationLog;
  /** When the source got or lost its connector, in milliseconds since 1970. */
  since = Date.now();
  lastError: { message: string; at: number } | undefined;
  readonly counters = { notifications: 0, publishes: 0, queries: 0 };
  private live: ServingSession | undefined;
  /** Runs while a new claim is expected. */
  private reclaim: Timer | undefined;
  private readonly waiters: { proceed: (session: ServingSession) => void; fail: (error: Error) => void }[] = [];

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
    this.expectNothing();
    for (const { proceed } of this.waiters.splice(0)) proceed(session);
  }

  /** A session has ended; that of a replaced one changes nothing. */
  detach(session: ServingSession): void {
    if (this.live !== session) return;
    this.live = undefined;
    this.since = Date.now();
  }

  /** The connector was asked to claim anew: what is for it waits a moment (connector§4.6). */
  expectReclaim(): void {
    this.reclaim?.stop();
    this.reclaim = startTimer(() => this.abandon(), this.settings.reclaimWait).unref();
  }

  /** The connector has not come back in time, or the source was deleted: those who wait for it get an error. */
  abandon(): void {
    this.expectNothing();
    for (const { fail } of this.waiters.splice(0)) fail(hubError('noConnector', this.name));
  }

  /**
   * The session to send to: at once, or after a new claim that is under way. Callers keep their order.
   *
   * @throws HubQueryError when there is none
   */
  target(): ServingSession | Promise<ServingSession> {
    if (this.live && !this.live.isReclaiming) return this.live;
    if (!this.reclaim) throw hubError('noConnector', this.name);
    return new Promise((proceed, fail) => this.waiters.push({ proceed, fail }));
  }

  private expectNothing(): void {
    this.reclaim?.stop();
    this.reclaim = undefined;
  }
}

/** The newest notifications of a source, bounded by number and bytes. */
class NotificationLog {
  private readonly kept: { notification: SourceNotification; bytes: number }[] = [];
  private bytes = 0;

  constructor(private readonly limits: { readonly count: number; readonly bytes: number }) {}

  add(notification: SourceNotification, bytes: number): void {
    if (this.limits.count === 0) return;
    this.kept.push({ notification, bytes });
    this.bytes += bytes;
    while (this.kept.length > this.limits.count || this.bytes > this.limits.bytes) {
      this.bytes -= this.kept.shift()?.bytes ?? 0;
    }
  }

  /** The newest `count`, oldest first. */
  newest(count: number): readonly SourceNotification[] {
    return count <= 0 ? [] : this.kept.slice(-count).map(({ notification }) => notification);
  }
}

/** The session that serves a source, as the source sees it and those who send to it. */
export interface ServingSession {
  readonly isEnded: boolean;
  /** It was asked to claim its source anew, and has not done so yet. */
  readonly isReclaiming: boolean;
  readonly openQueries: number;
  /** Compares in constant time; an absent secret fits nothing. */
  hasSecret(secret: string | undefined): boolean;
  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  publish(source: string, object: unknown): void;
  /** @throws HubQueryError as {@link publish}, and when too many queries are open */
  query(source: string, object: unknown, sink: RowSink, timeout: number): OpenQuery;
  /** Asks the connector to claim its source anew. One that does not is dropped. */
  requireReconnect(): void;
  close(code: number, reason: string): void;
}
