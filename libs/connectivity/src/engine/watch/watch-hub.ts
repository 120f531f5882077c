import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { CONNECTIVITY_SETTINGS } from '../../connectivity.constants.js';
import type { ConnectivitySettings } from '../../connectivity.options.js';
import type { WatchEvent } from '../../api/connection-change.js';
import { ConnectionRegistry } from '../../api/connection-registry.js';
import { watchEventJson } from './watch-event-json.js';
import type { WatchQuery } from './watch-query.js';

/** A part of an event on its way to a watcher. */
export interface EventPiece {
  readonly text: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** A stream to one watcher. */
export interface WatchSink {
  /** Writes the next piece of an event; resolves when there is room for one more, or the signal is raised. */
  write(event: WatchEvent, piece: EventPiece, signal: AbortSignal): Promise<void>;
  /** Raised when the watcher is gone. */
  readonly signal: AbortSignal;
}

/**
 * Feeds watchers from the registry. Each gets the next piece only when the last one has left, so no more than
 * `limits.maxBufferedBytes` wait for one, however large the set is and however slowly it reads. What it cannot take in
 * time waits in the registry's history, or becomes a gap.
 */
@Injectable()
export class WatchHub implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(
    private readonly registry: ConnectionRegistry,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
  ) {}

  /** Resolves when the watcher is gone, or the application ends. */
  async feed(partition: string, { query, after }: WatchQuery, sink: WatchSink): Promise<void> {
    const signal = AbortSignal.any([sink.signal, this.ending.signal]);
    const { maxBufferedBytes } = this.settings.limits;
    for await (const event of this.registry.watch(partition, query, { signal, ...(after ? { after } : {}) })) {
      for (const piece of positioned(watchEventJson(partition, event, maxBufferedBytes))) {
        await sink.write(event, piece, signal);
        if (signal.aborted) return;
      }
    }
  }

  beforeApplicationShutdown(): void {
    this.ending.abort();
  }
}

/** Tells each text whether it is the first, and whether it is the last. */
function* positioned(texts: Iterable<string>): Generator<EventPiece, void> {
  let held: string | undefined;
  let isFirst = true;
  for (const text of texts) {
    if (held !== undefined) {
      yield { text: held, isFirst, isLast: false };
      isFirst = false;
    }
    held = text;
  }
  if (held !== undefined) yield { text: held, isFirst, isLast: true };
}
