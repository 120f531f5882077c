import { ClientError } from '../../errors/client.error.js';

/** An address is not of the form asked for. */
export class AddressError extends ClientError {
  readonly code = 'INVALID_ADDRESS';

  constructor(
    readonly address: string,
    /** Where it came from, for example `BTRDB_ENDPOINTS`. */
    readonly origin: string,
    problem: string,
  ) {
    super(`${origin}: "${address}" ${problem}`);
  }
}
