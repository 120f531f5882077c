export { jobsBoard } from './jobs-board.part.js';
export type { JobsBoardOptions } from './jobs.options.js';
