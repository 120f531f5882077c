import { Backoff, pause, type StreamEntry, type StreamGap, thrownIs } from '@millrace/protocol';
import type { ServerLink } from '../../link/server-link.js';
import { mergeSignals } from '../../timing/call-limits.js';
import { milliseconds } from '../../settings/read-setting.js';
import { isFinal, StreamClosedError, StreamGapError, UnreadableEntryError } from '../stream.errors.js';
import { ProgressCounter, tellListener } from '../transfer-progress.js';
import { Cursors } from './cursors.js';
import { MessageInbox } from './message-inbox.js';
import type { PullOptions } from './pull-options.js';
import { readHeader, readPair } from './pull-message.js';

const EMPTY = new Uint8Array(0);

/** Ends an iteration that may end. */
class Idle extends Error {}

/**
 * Entries of streams as they come (stream-store§7). A connection that is cut is made again, and goes on behind the
 * last entry of each stream, or where the server said that it begins: nothing is left out and nothing comes twice. A message is acknowledged when its first entry is
 * taken, so a slow reader holds the server back, and the next message is there when it is needed.
 *
 * @throws StreamClosedError, ResponseError when the server refuses; StreamGapError; UnreadableEntryError; the signal's reason
 */
export async function* pullEntries(
  link: ServerLink,
  streams: readonly string[],
  options: PullOptions = {},
): AsyncGenerator<StreamEntry, void, undefined> {
  const { onGap, onUnreadable, onSkipped, onProgress, signal, idleTimeout = 0 } = options;
  const failing = new AbortController();
  const fail = (reason: Error): void => failing.abort(reason);
  const limit = mergeSignals(
    [link.closed, signal, failing.signal],
    milliseconds('idleTimeout', idleTimeout),
    () => new Idle(),
  );
  const progress = new ProgressCounter(onProgress, fail);
  const tell = (gap: StreamGap): void => {
    if (onGap) tellListener(() => onGap(gap), fail);
    // Who asked for all that are kept misses nothing.
    else if (gap.after !== '0-0') throw new StreamGapError(gap);
    failing.signal.throwIfAborted();
  };
  try {
    const cursors = await Cursors.begin(link, streams, options, limit.signal);
    for (const gap of cursors.gaps) tell(gap);
    const backoff = new Backoff({ initial: 40, max: link.settings.maxPause });
    for (let round = 0; !cursors.atEnd; round += 1) {
      if (round > 0) {
        await pause(backoff.next(), limit.signal);
        for (const gap of await cursors.lookAtEnds()) tell(gap);
        if (cursors.atEnd) return;
      }
      limit.signal.throwIfAborted();
      const socket = await link.open(cursors.pathFor(options), limit.signal);
      const inbox = new MessageInbox(socket, limit.signal);
      try {
        for (;;) {
          const message = await inbox.next();
          if (message === undefined) break;
          const header = readHeader(message);
          if ('gap' in header) {
            tell(header.gap);
            cursors.broken(header.gap);
            // It may have begun anew with IDs that end below; what is gone was just told.
            await cursors.lookAtEnds();
            if (cursors.atEnd) return;
            continue;
          }
          if ('cursors' in header) {
            for (const [stream, id] of Object.entries(header.cursors)) cursors.passed(stream, id);
            continue;
          }
          if ('end' in header) {
            cursors.ended(header.end.stream);
            if (cursors.atEnd) return;
            continue;
          }
          if ('skipped' in header) {
            const { skipped } = header;
            if (onSkipped) tellListener(() => onSkipped(skipped), fail);
            failing.signal.throwIfAborted();
            continue;
          }
          if ('unreadable' in header) {
            const { unreadable } = header;
            cursors.passed(unreadable.stream, unreadable.id);
            if (cursors.isBeyond(unreadable)) {
              if (cursors.atEnd) return;
              continue;
            }
            if (!onUnreadable) throw new UnreadableEntryError(unreadable);
            tellListener(() => onUnreadable(unreadable), fail);
            failing.signal.throwIfAborted();
            if (cursors.atEnd) return;
            backoff.reset();
            limit.restart();
            continue;
          }
          const blob = await inbox.next();
          // Half a pair before a cut is asked for again.
          if (blob === undefined) break;
          if (socket.open) socket.send(EMPTY);
          limit.stop();
          for (const entry of readPair(header, blob)) {
            limit.signal.throwIfAborted();
            cursors.passed(entry.stream, entry.id);
            if (cursors.isBeyond(entry)) {
              if (cursors.atEnd) return;
              continue;
            }
            progress.add(1, entry.data.length);
            failing.signal.throwIfAborted();
            yield entry;
            if (cursors.atEnd) return;
          }
          backoff.reset();
          limit.restart();
        }
      } finally {
        inbox.end();
      }
      const { closed } = inbox;
      if (closed && isFinal(closed.code)) throw new StreamClosedError(closed.code, closed.reason);
    }
  } catch (error) {
    if (!thrownIs(error, Idle)) throw error;
  } finally {
    limit.dispose();
  }
}
