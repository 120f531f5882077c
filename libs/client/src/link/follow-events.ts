import { Backoff, EVENT_STREAM, pause } from '@millrace/protocol';
import { ProtocolError } from '../errors/connection.errors.js';
import { mergeSignals } from '../timing/call-limits.js';
import { parseJson } from '../transport/read-body.js';
import { readEvents } from '../transport/read-events.js';
import { isTemporary } from './failure.js';
import type { ServerLink } from './server-link.js';

/** What is watched, and how its events are read. */
export interface EventWatch<Event> {
  /** Below the endpoint, without a slash at the beginning; may have a query. */
  readonly path: string;
  /** Reads the JSON of an event; undefined for a type of a newer server. */
  readonly read: (value: unknown) => Event | undefined;
  /** The event after which to go on; undefined to begin anew. */
  readonly after?: (() => string | undefined) | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Events of a watch, through cuts of the connection. @throws what is not temporary; the signal's reason */
export async function* followEvents<Event>(
  link: ServerLink,
  { path, read, after, signal }: EventWatch<Event>,
): AsyncGenerator<Event, void, undefined> {
  const backoff = new Backoff({ initial: 20, max: link.settings.maxPause });
  for (;;) {
    const limit = mergeSignals(
      [link.closed, signal],
      link.settings.silenceTimeout,
      () => new ProtocolError('The watch fell silent'),
    );
    try {
      const last = after?.();
      const headers = { Accept: EVENT_STREAM, ...(last !== undefined && { 'Last-Event-ID': last }) };
      const { maxAttempts: rounds } = link.settings;
      const reply = await link.send({ path, headers, rounds }, limit.signal);
      for await (const { data } of readEvents(heard(reply.body, () => limit.restart()))) {
        const event = read(parseJson(data, 'An event of a watch'));
        if (event === undefined) continue;
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
