/** The reader of standard output has closed it (EPIPE), for example `head`: it has all it wanted. */
export class ReaderGoneError extends Error {
  override readonly name = 'ReaderGoneError';
  readonly code = 'READER_GONE';

  constructor() {
    super('Standard output was closed');
  }
}
