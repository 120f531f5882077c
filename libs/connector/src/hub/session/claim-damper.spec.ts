import { ClaimDamper } from './claim-damper.js';

describe('connector#51: damping of refused claims', () => {
  it('doubles the delay up to its bound, for each token and source alone', () => {
    const damper = new ClaimDamper({ initial: 1000, max: 30_000 });
    const key = ClaimDamper.key('ada', 'a');
    const delays = Array.from({ length: 7 }, () => {
      const delay = damper.refused(key, 0);
      damper.answered(key);
      return delay;
    });
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(damper.refused(ClaimDamper.key('ada', 'b'), 0)).toBe(1000);
    expect(damper.refused(ClaimDamper.key('bob', 'a'), 0)).toBe(1000);
    damper.accepted(key);
    expect(damper.refused(key, 0)).toBe(1000);
  });

  it('forgets after a quiet time', () => {
    const damper = new ClaimDamper({ initial: 1000, max: 2000 });
    damper.refused('k', 0);
    damper.answered('k');
    expect(damper.refused('k', 8001)).toBe(1000);
  });

  it('connector#80: lets few wait at a time, and keeps bounded memory', () => {
    const damper = new ClaimDamper({ initial: 1000, max: 30_000 });
    const delays = Array.from({ length: 12 }, () => damper.refused('k', 0));
    expect(delays.filter((delay) => delay === undefined)).toHaveLength(2);
    for (let index = 0; index < 20_000; index += 1) damper.refused(`k${index}`, 0);
    expect((damper as unknown as { entries: Map<string, unknown> }).entries.size).toBeLessThanOrEqual(10_000);
  });
});
