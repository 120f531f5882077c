/** A file or setting of the command itself that is wrong; those of the connection have classes of the client. */
export class ConfigurationFileError extends Error {
  override readonly name = 'ConfigurationFileError';
  readonly code = 'INVALID_FILE';
}
