/** What still goes by the real time. The sockets and files of Node do in any case. */
const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

/**
 * From now on time passes for the timers that are set only when the test says so by `jest.advanceTimersByTime`: a machine
 * that stands still lets no time pass, and a long span costs none. `waitFor` needs real timers; {@link turnsUntil} does not.
 * `jest.useRealTimers()` ends it.
 *
 * @param clock whether `Date` goes by the same time
 */
export function holdTimers({ clock = false } = {}): void {
  jest.useFakeTimers({ doNotFake: clock ? [...REAL] : [...REAL, 'Date'] });
}

/** Lets sockets be read, and everything else that is due. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits until a condition holds, for as long as the test may take. */
export async function turnsUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
