import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { describeError } from '@millrace/core/errors';
import { EVENT_STREAM, serverSentEvent } from '@millrace/protocol';

/** How the rows of a query leave by HTTP. */
export type RowFormat = 'json' | 'ndjson' | 'sse';

/** The format a client asks for; anything but the two streams is JSON. */
export function rowFormat(accept: string | undefined): RowFormat {
  if (accept?.includes(EVENT_STREAM)) return 'sse';
  return accept?.includes('ndjson') ? 'ndjson' : 'json';
}

/**
 * A response that carries each row as it comes, on Express and Fastify. The first row is awaited, so that a query which
 * fails at once is answered with a status; a later error is the last event.
 *
 * @throws the error of the query, when no row came before it
 */
export async function streamRows(
  rows: AsyncGenerator<unknown, void, undefined>,
  format: 'ndjson' | 'sse',
): Promise<StreamableFile> {
  const first = await rows.next();
  const stream = Readable.from(encoded(rows, first, format), { objectMode: false });
  return new StreamableFile(stream, {
    type: format === 'sse' ? `${EVENT_STREAM}; charset=utf-8` : 'application/x-ndjson; charset=utf-8',
  });
}

/** In NDJSON rows stand alone; the error is an object with the one key `error`, and the end is the end. */
function encode(format: 'ndjson' | 'sse', event: 'row' | 'error' | 'end', value: unknown): string {
  if (format === 'sse') return serverSentEvent({ event, data: JSON.stringify(value) });
  if (event === 'end') return '';
  return `${JSON.stringify(event === 'error' ? { error: value } : value)}\n`;
}

async function* encoded(
  rows: AsyncGenerator<unknown, void, undefined>,
  first: IteratorResult<unknown, void>,
  format: 'ndjson' | 'sse',
): AsyncGenerator<Buffer, void, undefined> {
  try {
    let count = 0;
    for (let next = first; !next.done; next = await rows.next()) {
      count += 1;
      yield Buffer.from(encode(format, 'row', next.value));
    }
    const end = encode(format, 'end', { rows: count });
    if (end !== '') yield Buffer.from(end);
  } catch (error) {
    yield Buffer.from(encode(format, 'error', describeError(error).detail));
  }
}
