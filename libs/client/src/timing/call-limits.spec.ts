import { mergeSignals, withinLimits } from './call-limits.js';

describe('mergeSignals', () => {
  it('is aborted by the first of its sources, with that reason', () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const merged = mergeSignals([one.signal, undefined, two.signal]);
    two.abort(new Error('two'));
    one.abort(new Error('one'));
    expect(merged.signal.reason).toEqual(new Error('two'));
    expect(mergeSignals([one.signal]).signal.reason).toEqual(new Error('one'));
  });

  it('leaves nothing behind once it is disposed of', () => {
    const source = new AbortController();
    const added = jest.spyOn(source.signal, 'addEventListener');
    const removed = jest.spyOn(source.signal, 'removeEventListener');
    const merged = mergeSignals([source.signal], 10_000);
    merged.dispose();
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    source.abort();
    expect(merged.signal.aborted).toBe(false);
  });

  it('has a deadline that can be stopped and started anew', () => {
    jest.useFakeTimers();
    try {
      const merged = mergeSignals([], 100, () => new Error('late'));
      jest.advanceTimersByTime(90);
      merged.restart();
      jest.advanceTimersByTime(90);
      merged.stop();
      jest.advanceTimersByTime(1000);
      expect(merged.signal.aborted).toBe(false);
      merged.restart();
      jest.advanceTimersByTime(100);
      expect(merged.signal.reason).toEqual(new Error('late'));
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('withinLimits', () => {
  it('runs nothing when it is over already, and ends with the deadline or the signal', async () => {
    const run = jest.fn(() => Promise.resolve(1));
    const over = { signal: AbortSignal.abort(new Error('over')) };
    await expect(withinLimits('it', over, 0, run)).rejects.toThrow('over');
    expect(run).not.toHaveBeenCalled();
    expect(await withinLimits('it', {}, 0, run)).toBe(1);
    const hang = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    await expect(withinLimits('GET /it', { timeout: '10ms' }, 0, hang)).rejects.toMatchObject({
      code: 'TIMED_OUT',
      method: 'GET /it',
      timeout: 10,
    });
    await expect(withinLimits('it', { timeout: 'soon' }, 0, hang)).rejects.toMatchObject({ setting: 'timeout' });
  });
});
