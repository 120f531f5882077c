import {
  Backoff,
  type PairHeader,
  pause,
  type StreamEntry,
  type StreamGap,
  type UnreadableEntry,
} from '@millrace/protocol';
import type { ServerLink } from '../../link/server-link.js';
import { mergeSignals } from '../../timing/call-limits.js';
import type { ClientSocket } from '../../transport/socket.interface.js';
import { isFinal, StreamClosedError, StreamGapError } from '../stream.errors.js';
import { randomName } from '../random-name.js';
import { pathOfStreams } from '../stream-info.js';
import { tellListener } from '../transfer-progress.js';
import { MessageInbox } from './message-inbox.js';
import { readHeader, readPair } from './pull-message.js';

/** Options of a consumer of a group. */
export interface ConsumeOptions {
  /** Name of the group: its consumers share the entries. */
  group: string;
  /** Name of this consumer, as lists show it. @default one that nobody has */
  consumer?: string;
  /** Where a group begins that is not there: an ID, `0` for the first entry, `$` for what comes. @default '$' */
  after?: string;
  /** One entry of the group is out at a time, so the stream is handled in order. Kept with the group. @default true */
  ordered?: boolean;
  /** Milliseconds after which what a silent consumer holds goes to another one. Kept with the group. @default 30000 */
  idle?: number;
  /** How often an entry is handed out before it is set aside. Kept with the group. @default 10 */
  maxDeliveries?: number;
  /** Convert entries on the server, as for a pull. */
  output?: string;
  input?: string;
  /** Hears of entries that are gone; the group goes on behind them. @default raise StreamGapError */
  onGap?: (gap: StreamGap) => void;
  /** Hears of entries that the server cannot convert to `output`, and has set aside. */
  onUnreadable?: (entry: UnreadableEntry) => void;
  /** Ends the iteration with its reason. */
  signal?: AbortSignal | undefined;
}

/** An entry that a group has handed out. */
export interface ConsumedEntry extends StreamEntry {
  /** Counts it as dealt with now, and not only when the next one is asked for. */
  acknowledge(): void;
  /** Gives it back: after `delay` milliseconds it is handed out again; with `aside`, a reason, it is set aside. */
  refuse(options?: { delay?: number; aside?: string }): void;
}

const EMPTY = new Uint8Array(0);

/**
 * Entries that a group hands out to this consumer (stream-store§7 #94 #95 #96), one at a time. An entry is acknowledged when the
 * next one is asked for; one at which the iteration ends, or the connection is cut, is handed out again. It finishes when all streams
 * have been ended for good and the group has dealt with them.
 *
 * @throws StreamClosedError, ResponseError when the server refuses; StreamGapError; the signal's reason
 */
export async function* consumeEntries(
  link: ServerLink,
  streams: readonly string[],
  options: ConsumeOptions,
): AsyncGenerator<ConsumedEntry, void, undefined> {
  const { signal, onGap, onUnreadable } = options;
  const failing = new AbortController();
  const fail = (reason: Error): void => failing.abort(reason);
  const limit = mergeSignals([link.closed, signal, failing.signal]);
  const path = pathFor(streams, options);
  const ended = new Set<string>();
  const backoff = new Backoff({ initial: 40, max: link.settings.maxPause });
  try {
    for (let round = 0; ; round += 1) {
      if (round > 0) await pause(backoff.next(), limit.signal);
      limit.signal.throwIfAborted();
      const socket = await link.open(path, limit.signal);
      const inbox = new MessageInbox(socket, limit.signal);
      try {
        for (;;) {
          const message = await inbox.next();
          if (message === undefined) break;
          const header = readHeader(message);
          if ('gap' in header) {
            const { gap } = header;
            ended.delete(gap.stream);
            if (!onGap) throw new StreamGapError(gap);
            tellListener(() => onGap(gap), fail);
            failing.signal.throwIfAborted();
            answerOnce(socket)(EMPTY);
          } else if ('end' in header) {
            ended.add(header.end.stream);
            if (streams.every((stream) => ended.has(stream))) return;
          } else if ('unreadable' in header) {
            const { unreadable } = header;
            if (onUnreadable) tellListener(() => onUnreadable(unreadable), fail);
            failing.signal.throwIfAborted();
          } else if (isPair(header)) {
            const blob = await inbox.next();
            if (blob === undefined) break;
            for (const entry of readPair(header, blob)) {
              limit.signal.throwIfAborted();
              const say = answerOnce(socket);
              const refuse: ConsumedEntry['refuse'] = (how = {}) => say(JSON.stringify({ refuse: how }));
              yield { ...entry, acknowledge: () => say(EMPTY), refuse };
              say(EMPTY);
            }
            backoff.reset();
          }
        }
      } finally {
        inbox.end();
      }
      const { closed } = inbox;
      if (closed && isFinal(closed.code)) throw new StreamClosedError(closed.code, closed.reason);
    }
  } finally {
    limit.dispose();
  }
}

function isPair(header: ReturnType<typeof readHeader>): header is PairHeader {
  return Array.isArray(header);
}

/** Sends the first of its calls. */
function answerOnce(socket: ClientSocket): (message: Uint8Array | string) => void {
  let isSaid = false;
  return (message) => {
    if (!isSaid && socket.open) socket.send(message);
    isSaid = true;
  };
}

function pathFor(streams: readonly string[], options: ConsumeOptions): string {
  const { group, consumer = randomName(), after, ordered, idle, maxDeliveries, output, input } = options;
  const query = new URLSearchParams({ group, consumer, gaps: 'true', ends: 'true' });
  const given = { last_entry_id: after, ordered, idle, max_deliveries: maxDeliveries, output, input };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value));
  return `data/${pathOfStreams(streams)}/pull?${query.toString()}`;
}
