import { ClientError } from './client.error.js';

/** No reply came in time. The connection lives on, and a late reply is ignored. */
export class RequestTimeoutError extends ClientError {
  readonly code = 'TIMED_OUT';

  constructor(
    readonly method: string,
    /** How long was waited, in milliseconds. */
    readonly timeout: number,
  ) {
    super(`"${method}" was not answered within ${timeout} ms`);
  }
}
