import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { WatchEvent } from '../registry/connection-change.js';
import { ConnectionRegistry } from '../registry/connection-registry.js';
import { watchEventJson } from './watch-event-json.js';
import type { WatchQuery } from './watch-query.js';

/** A stream to one watcher. */
export interface WatchSink {
  /** Writes an event; resolves when there is room for the next. */
  write(event: WatchEvent, json: string): Promise<void>;
  /** Raised when the watcher is gone. */
  readonly signal: AbortSignal;
}

/** Feeds watchers from the registry; each takes the next event only when the last one has left. */
@Injectable()
export class WatchHub implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(private readonly registry: ConnectionRegistry) {}

  /** Resolves when the watcher is gone, or the application ends. */
  async feed(partition: string, { query, after }: WatchQuery, sink: WatchSink): Promise<void> {
    const signal = AbortSignal.any([sink.signal, this.ending.signal]);
    for await (const event of this.registry.watch(partition, query, { signal, ...(after ? { after } : {}) })) {
      await sink.write(event, watchEventJson(partition, event));
      if (signal.aborted) return;
    }
  }

  beforeApplicationShutdown(): void {
    this.ending.abort();
  }
}
