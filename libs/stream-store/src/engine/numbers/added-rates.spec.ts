import { AddedRates } from './added-rates.js';

describe('AddedRates', () => {
  let now = 0;
  let rates: AddedRates;
  beforeEach(() => {
    now = 0;
    rates = new AddedRates(3, () => now);
  });
  afterEach(() => rates.close());

  /** A look at a time, in milliseconds. */
  const lookAt = (at: number, added: number, stream = 's'): number | undefined => {
    now = at;
    return rates.look(stream, added);
  };

  it('tells a rate by two looks that are at least a second apart', () => {
    expect([lookAt(0, 5), lookAt(999, 100), lookAt(1000, 105)]).toEqual([undefined, undefined, 100]);
  });

  it('tells of the last five to ten seconds where it is asked often', () => {
    for (let at = 0; at <= 60_000; at += 1000) lookAt(at, at < 30_000 ? at : 30_000);
    expect(lookAt(61_000, 30_000)).toBe(0);
    expect(lookAt(66_000, 30_000 + 600)).toBeGreaterThanOrEqual(60);
  });

  it('tells of the time since the last look where it is asked seldom', () => {
    expect([lookAt(0, 0), lookAt(30_000, 3000), lookAt(50_000, 3000)]).toEqual([undefined, 100, 0]);
  });

  it('begins anew with a stream that was deleted', () => {
    lookAt(0, 100);
    expect([lookAt(2000, 1), lookAt(3000, 3)]).toEqual([undefined, 2]);
  });

  it('remembers a bounded number of streams: those that were asked for last', () => {
    for (const stream of ['a', 'b', 'c', 'a', 'd']) lookAt(0, 0, stream);
    expect(rates.size).toBe(3);
    expect([lookAt(1000, 1, 'a'), lookAt(1000, 1, 'b')]).toEqual([1, undefined]);
  });

  it('forgets what nobody asks for', () => {
    jest.useFakeTimers();
    try {
      lookAt(0, 0, 'old');
      lookAt(30_000, 0, 'new');
      now = 60_000;
      jest.advanceTimersByTime(60_000);
      expect(rates.size).toBe(1);
      now = 120_000;
      jest.advanceTimersByTime(60_000);
      expect(rates.size).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
