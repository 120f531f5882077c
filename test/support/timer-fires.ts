import { createHook } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * How often timers of this process fire in a time of that length while it is left alone; one that runs busily does so
 * hundreds of times. A machine that comes back late has more fires in more time, so their rate is what counts.
 */
export async function timerFires(milliseconds = 300): Promise<number> {
  const timers = new Set<number>();
  let fires = 0;
  const hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') timers.add(id);
    },
    before: (id) => {
      if (timers.has(id)) fires += 1;
    },
  }).enable();
  const from = performance.now();
  await pause(milliseconds);
  hook.disable();
  return (fires * milliseconds) / (performance.now() - from);
}
