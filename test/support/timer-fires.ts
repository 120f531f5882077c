import { createHook } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** How often timers of this process fire while it is left alone for a while; one that runs busily does so hundreds of times. */
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
  await pause(milliseconds);
  hook.disable();
  return fires;
}
