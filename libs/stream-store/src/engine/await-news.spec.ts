import { getEventListeners } from 'node:events';
import { awaitNews } from './await-news.js';
import type { StreamFollower } from '../api/stream-store.js';

/** A follower that has news when told. */
function quietFollower(): { follower: StreamFollower; tell: () => void } {
  let callback: (() => void) | undefined;
  const follower = { onNews: (given: () => void) => (callback = given) } as unknown as StreamFollower;
  return { follower, tell: () => callback?.() };
}

describe('awaitNews', () => {
  it('resolves with the news, and leaves no listener', async () => {
    const { follower, tell } = quietFollower();
    const { signal } = new AbortController();
    const waiting = awaitNews(follower, { signal, milliseconds: 3_600_000 });
    tell();
    await expect(waiting).resolves.toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('resolves when the time is over', async () => {
    await expect(awaitNews(quietFollower().follower, { milliseconds: 1 })).resolves.toBeUndefined();
  });

  it('does not miss a signal that aborted during the read before', async () => {
    await expect(awaitNews(quietFollower().follower, { signal: AbortSignal.abort() })).resolves.toBeUndefined();
  });

  it('resolves when the signal aborts', async () => {
    const controller = new AbortController();
    const waiting = awaitNews(quietFollower().follower, { signal: controller.signal });
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
