import { OptionsError } from '@millrace/core/options';
import type { Queue } from 'bullmq';
import { isQueue } from './find-queues.js';

/** Options of `jobsBoard()`. */
export interface JobsBoardOptions {
  /**
   * Queues of BullMQ that the board shows: queues themselves, or names of those that a module of the application provides, as
   * `BullModule.registerQueue` does.
   *
   * @default every queue that a module of the application provides
   */
  readonly queues?: readonly (Queue | string)[];
}

/** Token of the options. */
export const JOBS_OPTIONS = Symbol('JOBS_OPTIONS');

/** @throws OptionsError where a value is neither the name of a queue nor a queue */
export function checkedOptions({ queues }: JobsBoardOptions): JobsBoardOptions {
  const isRight = (one: unknown): boolean => (typeof one === 'string' && one !== '') || isQueue(one);
  if (queues === undefined || (Array.isArray(queues) && queues.every(isRight))) return { queues };
  throw new OptionsError('jobsBoard', 'queues', 'must be a list of names of queues, or of queues of BullMQ');
}

/**
 * The queues that were asked for.
 *
 * @throws OptionsError where no module provides a queue of a name
 */
export function chosenQueues({ queues }: JobsBoardOptions, provided: readonly Queue[]): Queue[] {
  if (!queues) return [...provided];
  return queues.flatMap((one) => {
    if (typeof one !== 'string') return [one];
    const named = provided.filter(({ name }) => name === one);
    if (named.length > 0) return named;
    const names = provided.map(({ name }) => JSON.stringify(name)).join(', ') || 'none';
    throw new OptionsError(
      'jobsBoard',
      'queues',
      `names ${JSON.stringify(one)}, which no module provides; those that are provided: ${names}. ` +
        'Register it by BullModule.registerQueue, or give the queue itself',
    );
  });
}
