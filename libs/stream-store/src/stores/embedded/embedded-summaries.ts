import { setImmediate } from 'node:timers/promises';
import { formatId } from '@millrace/protocol';
import type { StreamSummary } from '../../api/stream-store.js';
import type { BlockReader } from './block-reader.js';
import type { StreamHead } from './head-table.js';

/** Streams of one turn of the event loop. */
const STREAMS_OF_TURN = 500;

interface SummarySource {
  readonly heads: ReadonlyMap<string, StreamHead>;
  readonly reader: Pick<BlockReader, 'firstId'>;
  readonly groups: { count(stream: string): number };
}

/** The numbers of streams, from their heads and the keys of their first blocks: no block is read. */
export async function summariesOf(
  streams: readonly string[],
  { heads, reader, groups }: SummarySource,
): Promise<StreamSummary[]> {
  const found: StreamSummary[] = [];
  for (const [index, stream] of streams.entries()) {
    if (index > 0 && index % STREAMS_OF_TURN === 0) await setImmediate();
    const head = heads.get(stream);
    if (!head) continue;
    const length = head.added - head.removed;
    const first = length > 0 ? reader.firstId(head) : undefined;
    found.push({
      stream,
      length,
      bytes: head.bytesAdded - head.bytesRemoved,
      ended: head.ended,
      entriesAdded: head.added,
      firstEntry: first && formatId(first),
      lastEntry: first && formatId(head.committed),
      groups: groups.count(stream),
    });
  }
  return found;
}
