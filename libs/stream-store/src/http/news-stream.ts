import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { describeError } from '@millrace/core/errors';
import { callOut, type EndNotice, thrownReport, thrownText } from '@millrace/protocol';
import type { FollowedBatch, StreamFollower } from '../api/stream-store.js';
import { takeNews } from '../engine/await-news.js';
import { ToldEnds } from '../engine/told-ends.js';
import type { OpenAnswer } from './open-answers.js';

/** Bytes of entries that are taken from the follower at once, except for one entry that is larger by itself. */
const TAKE_BYTES = 256 * 1024;

/** What is rendered up to this size leaves together; and others are served before more is rendered. */
const CHUNK_BYTES = 64 * 1024;

interface NewsStreamOptions {
  readonly follower: StreamFollower;
  readonly streams: readonly string[];
  readonly count: number;
  /** How long without news until {@link idle} is sent, in milliseconds; asked for before each wait. */
  readonly idleAfter: () => number;
  readonly answer: OpenAnswer;
  /** First bytes of the answer. */
  readonly opening: Buffer | string;
  /** Gives the parts of the answer one after the other, so that each is made when there is room for it. */
  readonly render: (batch: FollowedBatch) => AsyncIterable<Buffer> | Iterable<Buffer>;
  /** What is sent when streams have ended. */
  readonly renderEnds?: (notices: readonly EndNotice[]) => string;
  /** What is sent when nothing came for a while. */
  readonly idle: () => Buffer | string;
}

/**
 * A response body made of a follower's news, which is endless unless all streams end. It takes from the follower, and renders, only as its consumer drains;
 * what waits is one chunk, or one large entry. It frees the follower when the consumer goes away, and comes to its end when the
 * application does.
 */
export function newsStream(options: NewsStreamOptions): Readable {
  const body = Readable.from(readable(chunks(options)), { objectMode: true, highWaterMark: 1 });
  // Not by the generator, which does nothing at all when its consumer has gone before it began.
  body.once('close', () => callOut(() => options.follower.close(), failed));
  const end = (): void => void body.destroy();
  const { gone } = options.answer;
  if (gone.aborted) end();
  else gone.addEventListener('abort', end, { once: true });
  return body;
}

/** Ends a body by an error that streams can read: what a store of the host throws may have members that throw. */
async function* readable<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  try {
    yield* parts;
  } catch (error) {
    throw failed(error);
  }
}

/** Says in the log why a body ended, which Fastify would not. @returns an error that anybody can read */
function failed(error: unknown): Error {
  if (!describeError(error).foreseen) new Logger('StreamStoreModule').error(thrownReport(error));
  return new Error(thrownText(error));
}

async function* chunks(options: NewsStreamOptions): AsyncGenerator<Buffer | string> {
  const { follower, streams, count, idleAfter, answer, opening, render, renderEnds, idle } = options;
  const { signal } = answer;
  const ends = new ToldEnds(follower, streams);
  yield opening;
  while (!signal.aborted) {
    const limit = { count, maxBytes: TAKE_BYTES };
    const batch = await takeNews(follower, { limit, wait: idleAfter(), signal, ends });
    if (batch) yield* gathered(render(batch), answer, bytesOf(batch));
    else if (ends.isDue) {
      const notices = ends.take();
      if (renderEnds) yield renderEnds(notices);
    } else if (!signal.aborted && !ends.isLast) yield idle();
    if (!batch && ends.isLast) return;
  }
}

/** Joins small parts; before each chunk of much that is to be rendered, the event loop serves others. */
async function* gathered(
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  answer: OpenAnswer,
  expected: number,
): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  if (expected >= CHUNK_BYTES) await answer.turn();
  for await (const part of parts) {
    waiting.push(part);
    bytes += part.length;
    if (bytes < CHUNK_BYTES) continue;
    yield joinParts(waiting);
    waiting = [];
    bytes = 0;
    await answer.turn();
  }
  if (bytes > 0) yield joinParts(waiting);
}

function bytesOf({ entries }: FollowedBatch): number {
  return entries.reduce((bytes, { data }) => bytes + data.length, 0);
}

function joinParts(parts: Buffer[]): Buffer {
  const [only] = parts;
  return only && parts.length === 1 ? only : Buffer.concat(parts);
}
