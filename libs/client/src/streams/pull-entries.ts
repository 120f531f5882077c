import { ProtocolError } from '../errors/protocol.error.js';
import type { ServerLink } from '../link/server-link.js';
import { MessageInbox } from './message-inbox.js';
import { isFinal, StreamClosedError } from './stream-closed.error.js';
import type { StreamEntry } from './stream-entry.js';

export interface PullOptions {
  /** Give entries after this ID; `$`: only new ones, `0`: all that are kept. One for all streams, or one a stream. @default '$' */
  after?: string | readonly string[];
  /** Entries of each stream in one message; also what is in memory at most. @default 100 */
  count?: number;
  /** Ends the iteration with its reason. */
  signal?: AbortSignal;
}

const EMPTY = new Uint8Array(0);

/**
 * Entries of streams as they come (stream store, section 7). A connection that is cut is made again, and goes on behind the
 * last entry of each stream: nothing is left out and nothing comes twice. Each message is acknowledged only when its entries
 * were taken, so a slow reader holds the server back.
 *
 * @throws StreamClosedError, ProtocolError when the server refuses; the signal's reason
 */
export async function* pullEntries(
  link: ServerLink,
  streams: readonly string[],
  { after = '$', count = 100, signal }: PullOptions = {},
): AsyncGenerator<StreamEntry, void, undefined> {
  const cursors = await firstCursors(link, streams, after, signal);
  for (;;) {
    const socket = await link.open(pathOf(streams, cursors, count), signal);
    const inbox = new MessageInbox(socket, signal);
    try {
      for (;;) {
        const header = await inbox.next();
        const blob = header === undefined ? undefined : await inbox.next();
        // Half a pair before a cut is asked for again.
        if (header === undefined || blob === undefined) break;
        for (const entry of readPair(header, blob)) {
          cursors.set(entry.stream, entry.id);
          yield entry;
        }
        if (socket.open) socket.send(EMPTY);
      }
    } finally {
      inbox.end();
    }
    const { closed } = inbox;
    if (closed && isFinal(closed.code)) throw new StreamClosedError(closed.code, closed.reason);
  }
}

/** Makes `$` an ID, so that what comes during a cut before the first entry is not left out. */
async function firstCursors(
  link: ServerLink,
  streams: readonly string[],
  after: string | readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const given = typeof after === 'string' ? streams.map(() => after) : after;
  const resolved = streams.map(async (stream, index): Promise<[string, string]> => {
    const cursor = given[index % given.length] ?? '$';
    if (cursor !== '$') return [stream, cursor];
    const { maxAttempts: rounds, connectTimeout: answerWithin } = link.settings;
    const path = `streams/${encodeURIComponent(stream)}`;
    const info = await link.json({ path, rounds, answerWithin }, { signal, timeout: 0 });
    const last = (info as { 'last-generated-id'?: unknown })['last-generated-id'];
    return [stream, typeof last === 'string' ? last : '0-0'];
  });
  return new Map(await Promise.all(resolved));
}

function pathOf(streams: readonly string[], cursors: ReadonlyMap<string, string>, count: number): string {
  const names = streams.map((stream) => encodeURIComponent(stream)).join('+');
  const ids = streams.map((stream) => encodeURIComponent(cursors.get(stream) ?? '$')).join('+');
  return `data/${names}/pull?count=${count}&ack=true&last_entry_id=${ids}`;
}

function* readPair(header: string | Uint8Array, blob: string | Uint8Array): Generator<StreamEntry> {
  if (typeof header !== 'string' || typeof blob === 'string')
    throw new ProtocolError('A pull message is of the wrong kind');
  const offsets = JSON.parse(header) as [stream: string, id: string, start: number][];
  for (const [index, [stream, id, start]] of offsets.entries())
    // A copy: a view would keep the whole message alive.
    yield { stream, id, data: new Uint8Array(blob.subarray(start, offsets[index + 1]?.[2] ?? blob.length)) };
}
