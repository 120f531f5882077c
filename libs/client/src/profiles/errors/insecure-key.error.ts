import { ClientError } from '../../errors/client.error.js';

/** An API key would travel in clear text. */
export class InsecureKeyError extends ClientError {
  readonly code = 'INSECURE_KEY';

  constructor(
    readonly address: string,
    /** Where the key came from. */
    readonly origin: string,
  ) {
    super(`The API key of ${origin} would go to "${address}" in clear text; use port 4411 or another TLS address`);
  }
}
