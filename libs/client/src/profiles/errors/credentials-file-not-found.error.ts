import { ClientError } from '../../errors/client.error.js';

/** A profile was asked for, and there is no credentials file. */
export class CredentialsFileNotFoundError extends ClientError {
  readonly code = 'CREDENTIALS_FILE_NOT_FOUND';

  constructor(readonly path: string) {
    super(`There is no credentials file "${path}"`);
  }
}
