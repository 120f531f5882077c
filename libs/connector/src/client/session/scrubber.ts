const HIDDEN = '[hidden]';

/** Takes secrets out of texts that come from elsewhere, for example from a server that quotes a token. */
export class Scrubber {
  readonly #secrets: readonly string[];
  #token: string | null = null;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  set token(token: string | null) {
    this.#token = token;
  }

  clean(text: string): string {
    let result = text;
    for (const secret of [...this.#secrets, this.#token]) {
      if (secret) result = result.replaceAll(secret, HIDDEN);
    }
    return result;
  }
}
