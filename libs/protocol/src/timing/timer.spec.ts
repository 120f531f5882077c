import { createHook } from 'node:async_hooks';
import { pause, withDeadline } from './pause.js';
import { startInterval, startTimer } from './timer.js';

const DAY = 86_400_000;

describe('startTimer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([1, 1000, 24 * DAY, 2 ** 31 - 1, 2 ** 31, 25 * DAY, 40 * DAY, 400 * DAY, 2 ** 40])(
    'calls back once after %d ms, not before',
    (span) => {
      const onEnd = jest.fn();
      startTimer(onEnd, span);
      jest.advanceTimersByTime(span - 1);
      expect(onEnd).toHaveBeenCalledTimes(0);
      jest.advanceTimersByTime(2);
      expect(onEnd).toHaveBeenCalledTimes(1);
      jest.advanceTimersByTime(2 ** 40);
      expect(onEnd).toHaveBeenCalledTimes(1);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it('waits without end for Infinity, with a step every three weeks', () => {
    const onEnd = jest.fn();
    const timer = startTimer(onEnd, Infinity);
    jest.advanceTimersByTime(4000 * DAY);
    expect(onEnd).toHaveBeenCalledTimes(0);
    timer.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('can be stopped and begun anew in any step', () => {
    const onEnd = jest.fn();
    const timer = startTimer(onEnd, 40 * DAY);
    jest.advanceTimersByTime(30 * DAY);
    timer.restart();
    jest.advanceTimersByTime(39 * DAY);
    expect(onEnd).toHaveBeenCalledTimes(0);
    timer.stop();
    jest.advanceTimersByTime(100 * DAY);
    expect(onEnd).toHaveBeenCalledTimes(0);
    timer.restart();
    jest.advanceTimersByTime(41 * DAY);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it.each([0, 0.001, -1])('does not run busily when it repeats after %p', (span) => {
    const onEnd = jest.fn();
    startInterval(onEnd, span);
    jest.advanceTimersByTime(1000);
    expect(onEnd).toHaveBeenCalledTimes(100);
  });

  it('repeats after any span, until it is stopped from within its callback', () => {
    let calls = 0;
    const timer = startInterval(() => {
      calls += 1;
      if (calls === 3) timer.stop();
    }, 30 * DAY);
    jest.advanceTimersByTime(29 * DAY);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(31 * DAY);
    expect(calls).toBe(2);
    jest.advanceTimersByTime(300 * DAY);
    expect(calls).toBe(3);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('waits of any length do not end early, and let no timer run meanwhile', async () => {
  let timers = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'Timeout') timers += 1;
    },
  }).enable();
  const spans = [2 ** 31, 30 * DAY, 1e300, Infinity];
  const ended: unknown[] = [];
  const controller = new AbortController();
  const waits = spans.map((span) => pause(span, controller.signal).then(() => ended.push(span)));
  const bounded = spans.map((span) => withDeadline(pause(200), span, () => new Error(`${span} ended early`)));
  for (const span of spans) startTimer(() => ended.push(span), span).unref();
  await Promise.all(bounded);
  hook.disable();
  expect(ended).toEqual([]);
  // One for each of the four kinds of wait, and perhaps a few of whatever else runs here; a busy one makes hundreds.
  expect(timers).toBeLessThan(8 * spans.length);
  controller.abort();
  await Promise.all(waits);
});
