/** Arguments that cannot be understood, or do not go together; the help of the command helps. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}
