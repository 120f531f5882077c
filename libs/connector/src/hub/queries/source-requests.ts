import { hubError } from './hub-errors.js';
import type { RowSink } from './open-queries.js';
import { RowCollector } from './row-collector.js';
import { RowStream } from './row-stream.js';
import type { SourceRegistry } from '../sources/source-registry.js';

/** Options of one query. */
export interface HubQueryOptions<Row = unknown> {
  /** Time without a response, in milliseconds. @default the module's `queryTimeout` */
  timeout?: number;
  /** Gives the query up; responses that come later are ignored. */
  signal?: AbortSignal;
  /** Called for each row as it comes. */
  onRow?: (row: Row) => void;
}

/** Publishes to sources and queries them, for the host application. */
export class SourceRequests {
  constructor(
    private readonly sources: SourceRegistry,
    private readonly queryTimeout: number,
  ) {}

  async publish(source: string, object: unknown): Promise<void> {
    const target = await this.sources.target(source);
    this.noting(source, () => target.publish(object));
    this.sources.source(source).counters.publishes += 1;
  }

  async query(source: string, parameters: unknown, options: HubQueryOptions): Promise<unknown[]> {
    const sink = new RowCollector(options.onRow);
    const end = await this.ask(source, parameters, options, sink);
    try {
      return await sink.result;
    } catch (error) {
      this.sources.note(source, error);
      throw error;
    } finally {
      end();
    }
  }

  async *queryRows(
    source: string,
    parameters: unknown,
    options: Omit<HubQueryOptions, 'onRow'>,
  ): AsyncGenerator<unknown, void, undefined> {
    const stream = new RowStream();
    const end = await this.ask(source, parameters, options, stream);
    try {
      yield* stream.read();
    } catch (error) {
      this.sources.note(source, error);
      throw error;
    } finally {
      end();
    }
  }

  /** @returns gives the query up when it is still open */
  private async ask(
    source: string,
    parameters: unknown,
    { signal, timeout = this.queryTimeout }: HubQueryOptions,
    sink: RowSink,
  ): Promise<() => void> {
    const target = await this.sources.target(source);
    if (signal?.aborted) throw hubError('aborted', source);
    const query = this.noting(source, () => target.query(parameters, sink, timeout));
    this.sources.source(source).counters.queries += 1;
    const giveUp = (): void => query.fail(hubError('aborted', source));
    signal?.addEventListener('abort', giveUp, { once: true });
    return () => {
      // A signal may outlive many queries.
      signal?.removeEventListener('abort', giveUp);
      giveUp();
    };
  }

  private noting<T>(source: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.sources.note(source, error);
      throw error;
    }
  }
}
