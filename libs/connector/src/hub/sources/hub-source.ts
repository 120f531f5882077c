import type { SourceNotification } from '@millrace/protocol';
import type { SourceDirectory } from '../directory/source-directory.js';
import { DeliveryQueue } from '../notifications/delivery-queue.js';
import type { Answerable } from '../queries/answerable.js';

/** What this instance has to do with one source; it outlives sessions. */
export class HubSource {
  readonly deliveries: DeliveryQueue;
  /** Of this instance, since it was started. */
  readonly counters = { notifications: 0, publishes: 0, queries: 0 };
  /** Number of the change that made the document which the session got. */
  revision = 0;
  private live: ServingSession | undefined;

  constructor(
    readonly name: string,
    private readonly directory: SourceDirectory,
    deliver: (notification: SourceNotification) => unknown,
  ) {
    this.deliveries = new DeliveryQueue(name, {
      deliver: (notification, bytes) => {
        this.counters.notifications += 1;
        this.directory.note(name, { notification, bytes });
        return deliver(notification);
      },
      delivered: () => this.directory.note(name, { changed: 'delivered' }),
    });
  }

  get session(): ServingSession | undefined {
    return this.live;
  }

  /** The session to send to, where there is one at the moment. */
  get serving(): ServingSession | undefined {
    return this.live && !this.live.isReclaiming && this.directory.isHeld ? this.live : undefined;
  }

  /** A session has claimed the source and got its configuration. */
  attach(session: ServingSession): void {
    this.live = session;
    this.directory.served(this.name);
  }

  /** A session has ended; that of a replaced one changes nothing. */
  detach(session: ServingSession): void {
    if (this.live !== session) return;
    this.live = undefined;
    this.directory.release(this.name, session.id);
  }

  /** The connector was asked to claim anew: what is for it waits a moment (connector§4.6). */
  expectReclaim(): void {
    if (this.live) this.directory.expectClaim(this.name, this.live.id);
  }

  /**
   * Lets what is for the source wait until its connector has claimed it at another instance, or here when this one is back.
   *
   * @returns whether instances share their sources
   */
  handOver(): boolean {
    if (this.directory.instances === undefined) return false;
    this.expectReclaim();
    return true;
  }

  count(kind: 'publishes' | 'queries'): void {
    this.counters[kind] += 1;
    this.directory.note(this.name, { counted: kind });
  }

  /** A query was opened, or has ended. */
  queriesChanged(): void {
    this.directory.note(this.name, { changed: 'openQueries' });
  }
}

/** The session that serves a source, as the source sees it and those who send to it. */
export interface ServingSession {
  /** Unique among all sessions of all instances. */
  readonly id: string;
  readonly isEnded: boolean;
  /** It was asked to claim its source anew, and has not done so yet. */
  readonly isReclaiming: boolean;
  readonly openQueries: number;
  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  publish(source: string, text: string): void;
  /**
   * Sends a query, and opens it under its address.
   *
   * @throws HubQueryError as {@link publish}, and when too many queries are open
   */
  query<Query extends Answerable>(
    source: string,
    query: { readonly address: string; readonly text: string; readonly open: (onEnd: () => void) => Query },
  ): Query;
  /** Asks the connector to claim its source anew. One that does not is dropped. */
  requireReconnect(): void;
  close(code: number, reason: string): void;
}
