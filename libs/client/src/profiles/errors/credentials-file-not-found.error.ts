import { ClientError } from '../../errors/client.error.js';

/** A profile was asked for, and the credentials file does not exist. */
export class CredentialsFileNotFoundError extends ClientError {
  readonly code = 'CREDENTIALS_FILE_NOT_FOUND';

  constructor(readonly path: string) {
    super(`The credentials file "${path}" does not exist`);
  }
}
