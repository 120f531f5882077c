import { ClientError } from '../../errors/client.error.js';

/** A profile was asked for by name, and it names no endpoint; nothing else is looked at then. */
export class ProfileWithoutEndpointError extends ClientError {
  readonly code = 'PROFILE_WITHOUT_ENDPOINT';

  constructor(readonly profile: string) {
    super(`The profile "${profile}" has no endpoints`);
  }
}
