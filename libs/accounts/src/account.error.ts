/**
 * A change of users or API keys that cannot be made. The message says why, and holds no password and no key.
 *
 * @publicApi
 */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly code = 'INVALID_ACCOUNT';

  constructor(
    message: string,
    /** `invalid`: a value cannot be taken; `conflict`: what is there already stands against it. */
    readonly kind: 'invalid' | 'conflict' = 'invalid',
  ) {
    super(message);
  }
}
