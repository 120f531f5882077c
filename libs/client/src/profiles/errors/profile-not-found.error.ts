import { ClientError } from '../../errors/client.error.js';

/** The credentials file has no profile of that name. */
export class ProfileNotFoundError extends ClientError {
  readonly code = 'PROFILE_NOT_FOUND';

  constructor(
    readonly profile: string,
    readonly path: string,
  ) {
    super(`The profile "${profile}" does not exist in "${path}"`);
  }
}
