import { ReconnectPolicy } from './attempt-loop.js';

describe('connector#26: back-off', () => {
  const policy = (random: () => number) =>
    new ReconnectPolicy({ initial: 500, max: 30_000, factor: 2, random }, 30_000);

  it('grows and is capped', () => {
    const fixed = policy(() => 1);
    const pauses = Array.from({ length: 9 }, () => fixed.pauseAfter(0, false));
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is jittered over the whole range', () => {
    const values = [0, 0.25, 0.5, 0.75];
    const jittered = policy(() => values.shift() ?? 0);
    expect(Array.from({ length: 4 }, () => jittered.pauseAfter(0, false))).toEqual([0, 250, 1000, 3000]);
  });

  it('is reset after 30 s of service, and not before', () => {
    const fixed = policy(() => 1);
    fixed.pauseAfter(0, false);
    fixed.pauseAfter(0, false);
    expect(fixed.pauseAfter(29_999, false)).toBe(2000);
    expect(fixed.pauseAfter(30_000, false)).toBe(500);
  });

  it('starts anew after a short connection that has worked, from a pause that is never below half of the shortest', () => {
    for (const [random, short] of [
      [0, 250],
      [0.5, 375],
      [1, 500],
    ] as const) {
      const fixed = policy(() => random);
      for (let count = 0; count < 5; count += 1) fixed.pauseAfter(0, false);
      expect(fixed.pauseAfter(200, true)).toBe(short);
      expect(fixed.pauseAfter(200, true)).toBe(short);
      // One that did not get in goes on from there.
      expect(fixed.pauseAfter(0, false)).toBe(1000 * random);
      expect(fixed.pauseAfter(0, false)).toBe(2000 * random);
    }
  });
});
