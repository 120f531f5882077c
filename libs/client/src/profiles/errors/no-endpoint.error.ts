import { ClientError } from '../../errors/client.error.js';

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
