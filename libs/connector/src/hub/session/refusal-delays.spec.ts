import { RefusalDelays } from './refusal-delays.js';

describe('connector#51: delays of refused claims', () => {
  it('doubles the delay up to its bound, for each token and source alone', () => {
    const refusals = new RefusalDelays({ initial: 1000, max: 30_000 });
    const key = RefusalDelays.key('ada', 'a');
    const delays = Array.from({ length: 7 }, () => {
      const delay = refusals.refused(key, 0);
      refusals.answered(key);
      return delay;
    });
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(refusals.refused(RefusalDelays.key('ada', 'b'), 0)).toBe(1000);
    expect(refusals.refused(RefusalDelays.key('bob', 'a'), 0)).toBe(1000);
    refusals.accepted(key);
    expect(refusals.refused(key, 0)).toBe(1000);
  });

  it('forgets after a quiet time', () => {
    const refusals = new RefusalDelays({ initial: 1000, max: 2000 });
    refusals.refused('k', 0);
    refusals.answered('k');
    expect(refusals.refused('k', 8001)).toBe(1000);
  });

  it('connector#80: lets few wait at a time, and keeps bounded memory', () => {
    const refusals = new RefusalDelays({ initial: 1000, max: 30_000 });
    const delays = Array.from({ length: 12 }, () => refusals.refused('k', 0));
    expect(delays.filter((delay) => delay === undefined)).toHaveLength(2);
    for (let index = 0; index < 20_000; index += 1) refusals.refused(`k${index}`, 0);
    expect((refusals as unknown as { entries: Map<string, unknown> }).entries.size).toBeLessThanOrEqual(10_000);
  });
});
