import type { RedisConnections } from '@millrace/core/redis';
import { RELEASE_SOURCE } from './source-scripts.js';

/** Sources that sessions do not want any more. What Redis could not be told is said again: the lease of the instance goes on. */
export class Releases {
  private readonly due = new Map<string, string>();

  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly keys: readonly string[],
  ) {}

  add(source: string, session: string): void {
    this.due.set(session, source);
    this.redis
      .run((client) => client.eval(RELEASE_SOURCE, this.keys.length, ...this.keys, source, session))
      .then(() => this.due.delete(session))
      .catch(() => undefined);
  }

  /** Redis is there again. */
  retry(): void {
    for (const [session, source] of [...this.due]) this.add(source, session);
  }

  /** The lease is over: nothing is left that could be released. */
  forget(): void {
    this.due.clear();
  }
}
