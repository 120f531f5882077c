import { Readable } from 'node:stream';
import type { FollowedBatch, StreamFollower } from '../api/stream-store.js';
import { takeNews } from '../engine/await-news.js';
import type { OpenAnswer } from './open-answers.js';

interface NewsStreamOptions {
  readonly follower: StreamFollower;
  readonly count: number;
  /** How long without news until {@link idle} is sent, in milliseconds. */
  readonly idleAfter: number;
  readonly answer: OpenAnswer;
  /** First bytes of the answer. */
  readonly opening: Buffer | string;
  readonly render: (batch: FollowedBatch) => AsyncIterable<Buffer | string> | Iterable<Buffer | string>;
  /** What is sent when nothing came for a while. */
  readonly idle: Buffer | string;
}

/**
 * An endless response body made of a follower's news. It reads from the store only as its consumer drains, frees the
 * follower when the consumer goes away, and comes to its end when the application does.
 */
export function newsStream(options: NewsStreamOptions): Readable {
  const body = Readable.from(chunks(options), { objectMode: true, highWaterMark: 1 });
  // Not by the generator, which does nothing at all when its consumer has gone before it began.
  body.once('close', () => options.follower.close());
  const end = (): void => void body.destroy();
  const { gone } = options.answer;
  if (gone.aborted) end();
  else gone.addEventListener('abort', end, { once: true });
  return body;
}

async function* chunks(options: NewsStreamOptions): AsyncGenerator<Buffer | string> {
  const { follower, count, idleAfter, answer, opening, render, idle } = options;
  const { signal } = answer;
  yield opening;
  while (!signal.aborted) {
    const batch = await takeNews(follower, { limit: { count }, wait: idleAfter, signal });
    if (batch) yield* render(batch);
    else if (!signal.aborted) yield idle;
  }
}
