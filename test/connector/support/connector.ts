import { Logger } from '@nestjs/common';
import { type ConnectorOptions, ConnectorSet, type SourceConnection, type SourceHandlers } from '@millrace/connector';
import { waitFor } from '../../support/waiting.js';

/** What a connector under test was told, in order. */
export interface Recorded {
  readonly event: 'connect' | 'publish' | 'query' | 'close';
  readonly value?: unknown;
}

export interface RunningConnector {
  readonly set: ConnectorSet;
  /** The connection of the first source. */
  readonly source: SourceConnection;
  /** What the handlers saw, oldest first. */
  readonly events: Recorded[];
  /** Names of the events, oldest first. */
  readonly names: () => string[];
}

/** Handlers that record what they see, and call those of the test. */
function recording(handlers: SourceHandlers, events: Recorded[]): SourceHandlers {
  return {
    connect: (context, value) => {
      events.push({ event: 'connect', value });
      return handlers.connect?.(context, value);
    },
    publish: (context, value) => {
      events.push({ event: 'publish', value });
      return handlers.publish?.(context, value);
    },
    ...(handlers.query !== null && {
      query: (context, value) => {
        events.push({ event: 'query', value });
        return handlers.query?.(context, value);
      },
    }),
    close: (context) => {
      events.push({ event: 'close' });
      return handlers.close?.(context);
    },
  };
}

/** Connectors of one suite: they come back quickly, say nothing on the console, and are closed together. */
export class Connectors {
  private readonly sets: ConnectorSet[] = [];

  /** Starts a connector of the source `s`, unless the options name others. */
  async start(
    targetServer: string,
    handlers: SourceHandlers = {},
    options: ConnectorOptions = {},
  ): Promise<RunningConnector> {
    const connector = await this.make(targetServer, handlers, options);
    connector.set.start();
    return connector;
  }

  /** Starts a connector and waits until it serves. */
  async connect(
    targetServer: string,
    handlers: SourceHandlers = {},
    options: ConnectorOptions = {},
  ): Promise<RunningConnector> {
    const connector = await this.start(targetServer, handlers, options);
    await waitFor('the connection', () => connector.set.statuses().every(({ state }) => state === 'connected'));
    return connector;
  }

  /** Makes a connector and does not start it. */
  async make(
    targetServer: string,
    handlers: SourceHandlers = {},
    options: ConnectorOptions = {},
  ): Promise<RunningConnector> {
    Logger.overrideLogger(false);
    const set = await ConnectorSet.create({
      targetServer,
      authToken: 'token',
      sources: ['s'],
      backoff: { initial: 10, max: 100 },
      drainTimeout: 100,
      ...options,
    });
    this.sets.push(set);
    const events: Recorded[] = [];
    set.configureHandlersForAll(recording(handlers, events));
    const source = set.connection(set.sources()[0] ?? '') as SourceConnection;
    return { set, source, events, names: () => events.map(({ event }) => event) };
  }

  async close(): Promise<void> {
    await Promise.all(this.sets.splice(0).map((set) => set.close()));
  }
}
