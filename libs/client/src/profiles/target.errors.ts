import { ClientError } from '../errors/client.error.js';

/** An address and a profile were both given; nothing was looked at. */
export class AmbiguousTargetError extends ClientError {
  readonly code = 'AMBIGUOUS_TARGET';

  constructor() {
    super('An address and a profile were both given; give one of them');
  }
}

/** Neither argument, environment nor profile names an endpoint. */
export class NoEndpointError extends ClientError {
  readonly code = 'NO_ENDPOINT';

  constructor(
    /** Variables that could have named one. */
    readonly variables: readonly string[],
  ) {
    super(`Could not determine credentials: give an address, set ${variables.join(' or ')}, or write a profile`);
  }
}

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
