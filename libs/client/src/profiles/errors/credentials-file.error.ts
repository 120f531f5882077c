import { ClientError } from '../../errors/client.error.js';

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
