/** The server answered a request over HTTP with something else than success. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(
    /** HTTP status. */
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }

  readonly code = 'REFUSED_REQUEST';
}
