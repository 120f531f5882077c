/** A request about API keys which cannot be fulfilled; the message says why, and holds no key. */
export class ApiKeyAdministrationError extends Error {
  override readonly name = 'ApiKeyAdministrationError';

  constructor(
    message: string,
    /** `conflict`: what is there stands against it; `invalid`: a value is no good. */
    readonly kind: 'invalid' | 'conflict' = 'invalid',
  ) {
    super(message);
  }
}
