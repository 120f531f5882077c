import { Backoff } from './backoff.js';

describe('Backoff', () => {
  it('grows to its cap, with full jitter, and starts anew after good service', () => {
    const backoff = new Backoff({ initial: 100, max: 1000, random: () => 1 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
    expect(new Backoff({ random: () => 0 }).next()).toBe(0);
  });

  it('stays finite after very many attempts', () => {
    const backoff = new Backoff({ random: () => 1 });
    for (let index = 0; index < 5000; index += 1) backoff.next();
    expect(backoff.next()).toBe(30_000);
  });
});
