import type { ModulesContainer } from '@nestjs/core';
import type { Queue } from 'bullmq';

/** What queues of BullMQ have together and nothing else has: a host may have another copy of BullMQ than we would find. */
const METHODS = ['getJobCounts', 'isPaused', 'upsertJobScheduler', 'obliterate'] as const;

/** Whether a value is a queue of BullMQ. */
export function isQueue(value: unknown): value is Queue {
  if (typeof value !== 'object' || value === null) return false;
  const queue = value as Partial<Queue>;
  try {
    return typeof queue.name === 'string' && METHODS.every((method) => typeof queue[method] === 'function');
  } catch {
    // Providers of a host are looked at too, of which some throw where they are asked for what they lack.
    return false;
  }
}

/** The queues that the modules of an application provide, each once; `BullModule.registerQueue` of `@nestjs/bullmq` does. */
export function findQueues(modules: ModulesContainer): Queue[] {
  const found = new Set<Queue>();
  for (const { providers } of modules.values()) {
    for (const { instance } of providers.values()) if (isQueue(instance)) found.add(instance);
  }
  return [...found].sort((left, right) => left.name.localeCompare(right.name));
}
