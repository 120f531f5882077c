import { ClientError } from '../errors/client.error.js';

/** Where in a credentials file something is wrong. */
export interface CredentialsFilePlace {
  /** Line in the file, from 1. */
  readonly line?: number;
  /** Member, for example `default.btrdb.api_key`. */
  readonly field?: string;
}

/** The credentials file cannot be understood. The message names file, line and field, never a value. */
export class CredentialsFileError extends ClientError {
  readonly code = 'INVALID_CREDENTIALS_FILE';
  readonly line: number | undefined;
  readonly field: string | undefined;

  constructor(
    readonly path: string,
    readonly problem: string,
    { line, field, ...options }: CredentialsFilePlace & ErrorOptions = {},
  ) {
    super(`${path}${line === undefined ? '' : `, line ${line}`}${field ? `, "${field}"` : ''}: ${problem}`, options);
    this.line = line;
    this.field = field;
  }
}

/** A profile was asked for, and the credentials file does not exist. */
export class CredentialsFileNotFoundError extends ClientError {
  readonly code = 'CREDENTIALS_FILE_NOT_FOUND';

  constructor(readonly path: string) {
    super(`The credentials file "${path}" does not exist`);
  }
}

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

/** A profile was asked for by name, and it names no endpoint; nothing else is looked at then. */
export class ProfileWithoutEndpointError extends ClientError {
  readonly code = 'PROFILE_WITHOUT_ENDPOINT';

  constructor(readonly profile: string) {
    super(`The profile "${profile}" has no endpoints`);
  }
}
