import { ClientError } from '../../errors/client.error.js';

/** The file with the certificate authorities to trust cannot be read, or holds none. */
export class CaBundleError extends ClientError {
  readonly code = 'INVALID_CA_BUNDLE';

  constructor(
    readonly variable: string,
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${variable}: "${path}" ${problem}`, options);
  }
}
