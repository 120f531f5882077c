import type { SocketConnection } from '@millrace/core/sockets';
import { CheckSchedule } from './check-schedule.js';
import { HubSession, type HubSessionInfo } from './hub-session.js';
import type { ConnectorPeer, SessionServices } from './session-control.js';

/** Which sessions to end; what is left out matches all. */
export interface SessionFilter {
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
}

/** Pause between looks for tokens that ran out, in milliseconds. */
const SWEEP = 1000;
/** Checks under way at a time when all sessions are to be checked at once. */
const PARALLEL_CHECKS = 16;
/** Passwords are checked every so many intervals only: hashing one costs some hundred times what a token costs. */
const PASSWORD_INTERVALS = 30;

/** The sockets of one hub, and who of them may stay. */
export class LiveSessions implements Iterable<HubSession> {
  private readonly live = new Set<HubSession>();
  private readonly schedule: CheckSchedule<HubSession>;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly services: SessionServices) {
    this.schedule = new CheckSchedule(services.settings.revalidateInterval);
  }

  [Symbol.iterator](): Iterator<HubSession> {
    return this.live.values();
  }

  start(): void {
    this.sweeper = setInterval(() => this.sweep(), SWEEP);
    this.sweeper.unref();
  }

  stop(): void {
    clearInterval(this.sweeper);
  }

  accept(connection: SocketConnection<ConnectorPeer>): HubSession {
    const session = new HubSession(connection, this.services, (ended) => this.forget(ended));
    this.live.add(session);
    this.schedule.add(session);
    return session;
  }

  list(): HubSessionInfo[] {
    return [...this.live].map(({ info }) => info);
  }

  evict(filter: SessionFilter): number {
    const found = [...this.live].filter(({ info }) =>
      (['id', 'source', 'subject'] as const).every((key) => filter[key] === undefined || filter[key] === info[key]),
    );
    for (const session of found) session.close(1013, 'The session was ended by the hub');
    return found.length;
  }

  /** Checks all now, some at a time. */
  async revalidate(): Promise<void> {
    const rest = [...this.live].values();
    const work = async (): Promise<void> => {
      for (const session of rest) await session.authentication.revalidate();
    };
    await Promise.all(Array.from({ length: PARALLEL_CHECKS }, work));
  }

  private sweep(): void {
    for (const session of this.live) {
      if ((session.authentication.principal?.expiresAt ?? Infinity) <= Date.now())
        session.close(1013, 'The token ran out');
    }
    for (const session of this.schedule.take()) void this.check(session);
  }

  private async check(session: HubSession): Promise<void> {
    await session.authentication.revalidate();
    this.schedule.checked(session, session.authentication.hasPassword ? PASSWORD_INTERVALS : 1);
  }

  private forget(session: HubSession): void {
    this.live.delete(session);
    this.schedule.delete(session);
  }
}
