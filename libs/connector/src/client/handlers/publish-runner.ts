import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { SourceSession } from '../session/source-session.js';
import { logFailure } from './log-failure.js';
import { WorkQueue } from './work-queue.js';

export interface PublishRunnerOptions {
  readonly source: string;
  /** Publishes that may wait; at that number the socket is not read until half of them are handled. */
  readonly maxWaitingPublishes: number;
}

/** Runs the publish handler of one source: one publish after the other, in the order of arrival. */
export class PublishRunner {
  readonly queue = new WorkQueue(1);
  private readonly source: string;
  private readonly maxWaiting: number;
  private unread: SourceSession | undefined;

  constructor(
    { source, maxWaitingPublishes }: PublishRunnerOptions,
    private readonly handlers: () => SourceHandlers,
    private readonly logger: ConnectorLogger,
  ) {
    this.source = source;
    this.maxWaiting = maxWaitingPublishes;
  }

  publish(session: SourceSession, object: unknown): void {
    const { signal } = session;
    this.queue.push(async () => {
      try {
        await this.handlers().publish?.({ source_name: this.source, signal }, object);
      } catch (error) {
        logFailure(this.logger, 'publish', error);
      }
      if (this.queue.size <= this.maxWaiting / 2) this.readOn();
    });
    // Nothing may be dropped, and memory is bounded: only now does reading wait.
    if (this.queue.size < this.maxWaiting) return;
    this.unread = session;
    session.pause();
  }

  /** Reads on, however many publishes wait. */
  readOn(): void {
    this.unread?.resume();
    this.unread = undefined;
  }
}
