/** What was asked for is not there. */
export class NothingFoundError extends Error {
  override readonly name = 'NothingFoundError';
  readonly code = 'NOT_FOUND';
}
