import type { Shutdown } from '@millrace/core/shutdown';
import type { ConnectionRegistry, WatchEvent } from '../../api/connection-registry.js';
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
export class WatchHub {
  /**
   * @param pieceBytes size of the pieces that events are written in
   * @param before what a watch by a pattern has to wait for before it begins
   * @param shutdown ends every watch, each in its turn
   */
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly pieceBytes: number,
    private readonly before: (pattern: string | undefined) => Promise<void> | undefined,
    private readonly shutdown: Pick<Shutdown, 'signal' | 'turn'>,
  ) {}

  /** Resolves when the watcher is gone, or the application ends. */
  async feed(partition: string, { query, after }: WatchQuery, sink: WatchSink): Promise<void> {
    const turn = new AbortController();
    const onEnding = (): void => void this.shutdown.turn().then(() => turn.abort());
    const { signal: ending } = this.shutdown;
    if (ending.aborted) onEnding();
    else ending.addEventListener('abort', onEnding);
    try {
      await this.follow(partition, { query, after }, sink, AbortSignal.any([sink.signal, turn.signal]));
    } finally {
      ending.removeEventListener('abort', onEnding);
    }
  }

  private async follow(
    partition: string,
    { query, after }: WatchQuery,
    sink: WatchSink,
    signal: AbortSignal,
  ): Promise<void> {
    await this.before(query.pattern);
    for await (const event of this.registry.watch(partition, query, { signal, ...(after ? { after } : {}) })) {
      for (const piece of piecesOf(partition, event, this.pieceBytes)) {
        await sink.write(event, piece, signal);
        if (signal.aborted) return;
      }
    }
  }
}

/**
 * An event as it goes over the wire, on both kinds of stream, in pieces of about so many bytes: a snapshot may be large,
 * and need not be held as one text for each watcher who takes it slowly.
 */
function* piecesOf(partition: string, event: WatchEvent, pieceBytes: number): Generator<EventPiece, void> {
  const head = `{"type":${JSON.stringify(event.type)},"index":${JSON.stringify(event.index)},"partition":${JSON.stringify(partition)}`;
  if (event.type !== 'snapshot') {
    const more = event.type === 'gap' ? '' : `,"time":${event.time},"connection":${event.connection.json}`;
    yield { text: `${head}${more}}`, isFirst: true, isLast: true };
    return;
  }
  let text = `${head},"connections":[`;
  let bytes = text.length;
  let isFirst = true;
  let separator = '';
  for (const { json } of event.connections) {
    const size = Buffer.byteLength(json);
    if (bytes + size > pieceBytes) {
      yield { text, isFirst, isLast: false };
      text = '';
      bytes = 0;
      isFirst = false;
    }
    text += separator + json;
    bytes += size + 1;
    separator = ',';
  }
  yield { text: `${text}]}`, isFirst, isLast: true };
}
