import type { HubSettings } from '../../connector-hub.options.js';
import type { Answerable } from './answerable.js';
import { hubError } from './hub-errors.js';

/** The queries one session has to answer, by their addresses (connector§5.3). */
export class OpenQueries {
  private readonly queries = new Map<string, Answerable>();

  /** @param onChange called when one was opened or has ended */
  constructor(
    private readonly settings: Pick<HubSettings, 'maxOpenQueries'>,
    private readonly onChange: () => void,
  ) {}

  get size(): number {
    return this.queries.size;
  }

  /**
   * Opens a query.
   *
   * @param send sends it; when it throws, nothing is opened
   * @throws HubQueryError when too many are open
   */
  open<Query extends Answerable>(
    source: string,
    address: string,
    send: () => void,
    make: (onEnd: () => void) => Query,
  ): Query {
    const { maxOpenQueries } = this.settings;
    if (this.queries.size >= maxOpenQueries) throw hubError('tooManyQueries', source, maxOpenQueries);
    send();
    const query = make(() => {
      this.queries.delete(address);
      this.onChange();
    });
    this.queries.set(address, query);
    this.onChange();
    return query;
  }

  find(address: string | undefined): Answerable | undefined {
    return address === undefined ? undefined : this.queries.get(address);
  }

  fail(error: () => Error): void {
    for (const query of [...this.queries.values()]) query.fail(error());
  }
}
