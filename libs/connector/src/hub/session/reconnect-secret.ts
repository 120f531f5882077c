import { createHash, timingSafeEqual } from 'node:crypto';

/** The secret of one claim, kept as a digest: it is a credential (connector§4.3). */
export class ReconnectSecret {
  readonly #digest: Buffer | undefined;

  constructor(secret: string | undefined) {
    this.#digest = secret === undefined ? undefined : digest(secret);
  }

  /** Compares in constant time; an absent secret fits nothing. */
  fits(secret: string | undefined): boolean {
    return secret !== undefined && this.#digest !== undefined && timingSafeEqual(digest(secret), this.#digest);
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
