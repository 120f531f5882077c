import type { ConsolePart } from '../console.part.js';
import { JOBS_PATH, JobsController } from './jobs.controller.js';
import { JobsBoard } from './jobs-board.js';
import { checkedOptions, JOBS_OPTIONS, type JobsBoardOptions } from './jobs.options.js';

/**
 * Adds the jobs of BullMQ to the console, by bull-board. It needs the packages `@bull-board/api`, `@bull-board/ui` and `bullmq`.
 *
 * Everybody who may use it, by the scope `jobs:admin`, sees the data of all jobs and can retry, change and remove them.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [BullModule.registerQueue({ name: 'mail' }), ConsoleModule.forRoot({ jobs: jobsBoard() })],
 * })
 * class AppModule {}
 * ```
 * @throws OptionsError where an option is wrong
 * @publicApi
 */
export function jobsBoard(options: JobsBoardOptions = {}): ConsolePart {
  return {
    feature: 'jobs',
    path: JOBS_PATH,
    controllers: [JobsController],
    providers: [JobsBoard, { provide: JOBS_OPTIONS, useValue: checkedOptions(options) }],
  };
}
