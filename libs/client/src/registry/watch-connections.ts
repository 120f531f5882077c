import { Backoff, pause, type ConnectionEvent, type ConnectionQuery } from '@millrace/protocol';
import { ProtocolError } from '../errors/connection.errors.js';
import { parseJson } from '../transport/read-body.js';
import { readEvents } from '../transport/read-events.js';
import { isTemporary } from '../link/failure.js';
import type { ServerLink } from '../link/server-link.js';
import { mergeSignals } from '../timing/call-limits.js';
import { readConnectionEvent } from './connection.js';

/** Options of a watch. */
export interface ConnectionWatchOptions extends ConnectionQuery {
  /** Continue after this index of an earlier event, instead of beginning with a snapshot. */
  readonly after?: string | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Events of a partition, through cuts of the connection: each goes on after the last event that was seen. */
export async function* watchConnections(
  link: ServerLink,
  partition: string,
  { pattern, dataType, after, signal }: ConnectionWatchOptions,
): AsyncGenerator<ConnectionEvent, void, undefined> {
  const query = new URLSearchParams();
  if (pattern !== undefined) query.set('uid_regex', pattern);
  if (dataType !== undefined) query.set('data_type', dataType);
  const path = `connections/${encodeURIComponent(partition)}/watch?${query.toString()}`;
  let last = after;
  const backoff = new Backoff({ initial: 20, max: link.settings.maxPause });
  for (;;) {
    const limit = mergeSignals(
      [link.closed, signal],
      link.settings.silenceTimeout,
      () => new ProtocolError('The watch fell silent'),
    );
    try {
      const headers = { Accept: 'text/event-stream', ...(last !== undefined && { 'Last-Event-ID': last }) };
      const { maxAttempts: rounds } = link.settings;
      const reply = await link.send({ path, headers, rounds }, limit.signal);
      for await (const { data } of readEvents(heard(reply.body, () => limit.restart()))) {
        const event = readConnectionEvent(parseJson(data, 'An event of a watch'));
        if (!event) continue;
        last = event.index;
        backoff.reset();
        limit.stop();
        yield event;
        limit.restart();
      }
    } catch (error) {
      if (link.closed.aborted || signal?.aborted || !isTemporary(error)) throw error;
    } finally {
      limit.dispose();
    }
    const end = mergeSignals([link.closed, signal]);
    try {
      await pause(backoff.next(), end.signal);
      end.signal.throwIfAborted();
    } finally {
      end.dispose();
    }
  }
}

async function* heard(body: AsyncIterable<Uint8Array>, onPart: () => void): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    onPart();
    yield part;
  }
}
