import type { SocketConnection } from '@millrace/core';
import { HubSession } from './hub-session.js';
import type { HubSessionInfo } from './hub-status.interface.js';
import type { SessionServices } from './session-services.js';

/** Which sessions to end; what is left out matches all. */
export interface SessionFilter {
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
}

/** Pause between looks for tokens that ran out, in milliseconds. */
const SWEEP = 1000;

/** The sockets of one hub, and who of them may stay. */
export class LiveSessions {
  private readonly live = new Set<HubSession>();
  private readonly services: SessionServices;
  private sweeper: NodeJS.Timeout | undefined;
  private lastRevalidation = Date.now();

  constructor(services: Omit<SessionServices, 'ended'>) {
    this.services = { ...services, ended: (session) => this.live.delete(session) };
  }

  start(): void {
    this.sweeper = setInterval(() => this.sweep(Date.now()), SWEEP);
    this.sweeper.unref();
  }

  stop(): void {
    clearInterval(this.sweeper);
  }

  accept(connection: SocketConnection): HubSession {
    const session = new HubSession(connection, this.services);
    this.live.add(session);
    return session;
  }

  list(): HubSessionInfo[] {
    return [...this.live].map((session) => ({
      id: session.id,
      source: session.sourceName,
      subject: session.principal?.subject,
      since: session.openedAt,
      frames: session.frames,
      openQueries: session.openQueries,
    }));
  }

  evict(filter: SessionFilter): number {
    const found = [...this.live].filter(
      (session) =>
        (filter.id === undefined || session.id === filter.id) &&
        (filter.source === undefined || session.sourceName === filter.source) &&
        (filter.subject === undefined || session.principal?.subject === filter.subject),
    );
    for (const session of found) session.close(1013, 'The session was ended by the hub');
    return found.length;
  }

  async revalidate(): Promise<void> {
    await Promise.all([...this.live].map((session) => session.revalidate()));
  }

  private sweep(now: number): void {
    for (const session of this.live) {
      if ((session.principal?.expiresAt ?? Infinity) <= now) session.close(1013, 'The token ran out');
    }
    const { revalidateInterval } = this.services.settings;
    if (revalidateInterval === 0 || now - this.lastRevalidation < revalidateInterval) return;
    this.lastRevalidation = now;
    void this.revalidate();
  }
}
