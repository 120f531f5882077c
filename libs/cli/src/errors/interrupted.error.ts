/** The command was ended by a signal; not shown as an error. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    super(`Ended by ${signal}`);
  }

  readonly code = 'INTERRUPTED';
}
