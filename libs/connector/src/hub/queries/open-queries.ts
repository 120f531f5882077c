import { randomUUID } from 'node:crypto';
import { tooManyQueries } from './hub-errors.js';
import type { HubSettings } from '../../connector-hub.options.js';
import { OpenQuery } from './open-query.js';
import type { RowSink } from './row-sink.js';

/** The queries one session has to answer, by their addresses (connector§5.3). */
export class OpenQueries {
  private readonly queries = new Map<string, OpenQuery>();

  constructor(private readonly settings: Pick<HubSettings, 'maxOpenQueries' | 'maxRows' | 'maxResultBytes'>) {}

  get size(): number {
    return this.queries.size;
  }

  /**
   * Opens a query.
   *
   * @param send sends it with its address; when it throws, nothing is opened
   * @throws HubQueryError when too many are open
   */
  open(source: string, sink: RowSink, timeout: number, send: (address: string) => void): OpenQuery {
    const { maxOpenQueries, maxRows, maxResultBytes: maxBytes } = this.settings;
    if (this.queries.size >= maxOpenQueries) throw tooManyQueries(source, maxOpenQueries);
    const address = randomUUID();
    send(address);
    const query = new OpenQuery({ source, timeout, maxRows, maxBytes }, sink, () => this.queries.delete(address));
    this.queries.set(address, query);
    return query;
  }

  find(address: string | undefined): OpenQuery | undefined {
    return address === undefined ? undefined : this.queries.get(address);
  }

  fail(error: () => Error): void {
    for (const query of [...this.queries.values()]) query.fail(error());
  }
}
