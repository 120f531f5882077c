/**
 * Base of every error this package raises. `code` is stable across releases: a text for the client's own errors, the
 * server's number for a {@link JsonRpcError}.
 *
 * @publicApi
 */
export abstract class ClientError extends Error {
  abstract readonly code: string | number;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

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
