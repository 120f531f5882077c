/** Arguments that cannot be understood, or do not go together; the help of the command helps. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** A file or setting of the command itself that is wrong; those of the connection have classes of the client. */
export class ConfigurationFileError extends Error {
  override readonly name = 'ConfigurationFileError';
  readonly code = 'INVALID_FILE';
}

/** What was asked for is not there. */
export class NothingFoundError extends Error {
  override readonly name = 'NothingFoundError';
  readonly code = 'NOT_FOUND';
}

/** A data folder that is damaged, or in use. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly code = 'DATA_FOLDER';
}

/** The command was ended by a signal; not shown as an error. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
    super(`Ended by ${signal}`);
  }

  readonly code = 'INTERRUPTED';
}

/** The reader of standard output has closed it (EPIPE), for example `head`: it has all it wanted. */
export class ReaderGoneError extends Error {
  override readonly name = 'ReaderGoneError';
  readonly code = 'READER_GONE';

  constructor() {
    super('Standard output was closed');
  }
}
