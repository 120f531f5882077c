import { ClientError } from './client.error.js';

/** A setting is wrong: no retry can help. The message names the setting and the remedy. */
export class ConfigurationError extends ClientError {
  readonly code = 'INVALID_OPTIONS';

  constructor(
    readonly setting: string,
    /** What is wrong with it, and the remedy. */
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${setting}: ${problem}`, options);
  }
}
