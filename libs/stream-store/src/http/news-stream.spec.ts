import { once } from 'node:events';
import type { StreamFollower } from '../api/stream-store.js';
import { newsStream } from './news-stream.js';

describe('A body of news', () => {
  it('frees its follower also when the client has gone before it began', async () => {
    const close = jest.fn();
    const signal = AbortSignal.abort();
    const body = newsStream({
      follower: { close } as unknown as StreamFollower,
      streams: ['s'],
      count: 1,
      idleAfter: () => 1000,
      answer: { gone: signal, signal, turn: () => Promise.resolve() },
      opening: 'opening',
      render: () => [],
      idle: () => 'idle',
    });
    await once(body, 'close');
    expect(close).toHaveBeenCalledTimes(1);
  });
});
