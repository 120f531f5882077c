import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import { type ConnectorLogger, logFailure } from '../../logging/connector-logger.js';
import type { ConnectionOptions } from '../session/decide-settings.js';
import type { SourceSession } from '../session/source-session.js';
import { WorkQueue } from './work-queue.js';

/** Runs the publish handler of one source: one publish after the other, in the order of arrival. */
export class PublishRunner {
  readonly queue = new WorkQueue(1);
  // Holds the reconnect secret: a private field, which no string form shows.
  readonly #options: ConnectionOptions;
  private unread: SourceSession | undefined;

  constructor(
    options: ConnectionOptions,
    private readonly handlers: () => SourceHandlers,
    private readonly logger: ConnectorLogger,
  ) {
    this.#options = options;
  }

  /** At `maxWaitingPublishes` the socket is not read until half of them are handled. */
  publish(session: SourceSession, object: unknown): void {
    const { source, maxWaitingPublishes } = this.#options;
    const { signal } = session;
    this.queue.push(async () => {
      try {
        await this.handlers().publish?.({ source_name: source, signal }, object);
      } catch (error) {
        logFailure(this.logger, 'publish', error);
      }
      if (this.queue.size <= maxWaitingPublishes / 2) this.readOn();
    });
    // Nothing may be dropped, and memory is bounded: only now does reading wait.
    if (this.queue.size < maxWaitingPublishes) return;
    this.unread = session;
    session.link.pause();
  }

  /** Reads on, however many publishes wait. */
  readOn(): void {
    this.unread?.link.resume();
    this.unread = undefined;
  }
}
