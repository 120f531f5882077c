export type { CliContext } from './context.js';
export { InterruptedError } from './errors/cli.errors.js';
export { EXIT } from './errors/exit-codes.js';
export { run } from './run.js';
