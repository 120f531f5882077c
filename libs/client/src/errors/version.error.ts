import { ClientError } from './client.error.js';

/** The server is of another version than the one asked for. */
export class VersionError extends ClientError {
  readonly code = 'VERSION_MISMATCH';

  constructor(
    readonly local: string,
    readonly remote: string,
  ) {
    super(`The server is version ${remote}, this client expects ${local}`);
  }
}
