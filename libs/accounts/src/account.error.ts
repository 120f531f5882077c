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

/** @throws AccountError unless the text can name a user or key: not empty, one line, no spaces at its ends */
export function assertName(what: string, name: string, maxLength: number): void {
  if (name.length > 0 && name.length <= maxLength && !/\p{Cc}/u.test(name) && name.trim() === name) return;
  throw new AccountError(
    `The name of a ${what} must have 1 to ${maxLength} characters, no control characters and no spaces at its ends; it is ${shortened(name)}`,
  );
}

/**
 * A token separates scopes by spaces, and allows these characters (RFC 6749 section 3.3).
 *
 * @throws AccountError unless the text can be granted as a scope
 */
export function assertGrantable(scope: string, maxLength = Infinity): void {
  if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope) && scope.length <= maxLength) return;
  const limit = Number.isFinite(maxLength) ? ` and at most ${maxLength} characters` : '';
  throw new AccountError(
    `A scope must be ASCII without spaces, quotes and backslashes${limit}, for example streams:read:camera*; it is ${shortened(scope)}`,
  );
}

/** A text from outside, in one line and not endless. */
export function shortened(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
