import type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';
import { queryRows } from './query-rows.js';

/**
 * The sources of a server's connector hub.
 *
 * @publicApi
 */
export class Sources {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** The sources the caller may read. */
  async list(limits?: CallLimits): Promise<HubSourceStatus[]> {
    return (await this.link.json({ path: 'sources' }, limits)) as HubSourceStatus[];
  }

  /** One source with its configuration document, which takes the right to change it. @throws NotFoundError */
  async get(name: string, limits?: CallLimits): Promise<HubSourceDetails> {
    return (await this.link.json({ path: pathOf(name) }, limits)) as HubSourceDetails;
  }

  /** Sets the configuration document, and makes the source when there is none; its connector is told. */
  async configure(name: string, configuration: Readonly<Record<string, unknown>>, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'PUT', path: pathOf(name), body: configuration }, limits);
  }

  /** Removes a source. @throws NotFoundError */
  async delete(name: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'DELETE', path: pathOf(name) }, limits);
  }

  /** Sends something to a source. @throws NotFoundError; ResponseError with 503 while no connector serves it */
  async publish(name: string, object: unknown, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'POST', path: `${pathOf(name)}/publish`, body: object }, limits);
  }

  /**
   * Queries a source; rows come as its connector gives them. `timeout` is the server's time for the next row.
   *
   * @throws ResponseError when the query fails before the first row, QueryError after it
   */
  query<Row = unknown>(
    name: string,
    parameters?: unknown,
    limits: CallLimits = {},
  ): AsyncGenerator<Row, void, undefined> {
    return queryRows<Row>(this.link, name, parameters, limits);
  }

  /** The same, all rows at once. */
  async queryAll<Row = unknown>(name: string, parameters?: unknown, limits?: CallLimits): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.query<Row>(name, parameters, limits)) rows.push(row);
    return rows;
  }

  /** The newest kept notifications, oldest first. */
  async notifications(
    name: string,
    { count = 10, ...limits }: CallLimits & { count?: number } = {},
  ): Promise<SourceNotification[]> {
    const path = `${pathOf(name)}/notifications?count=${count}`;
    return (await this.link.json({ path }, limits)) as SourceNotification[];
  }

  /** Tells the connector to claim its source anew. */
  async reconnect(name: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'POST', path: `${pathOf(name)}/reconnect` }, limits);
  }
}

function pathOf(name: string): string {
  return `sources/${encodeURIComponent(name)}`;
}
