import { inspect } from 'node:util';
import type { ApiKeyRecord } from './api-key-record.js';

/**
 * A new key, the only time it is there to be shown. As text, as JSON and in logs it is its record alone: the key itself
 * must be asked for.
 */
export class CreatedApiKey {
  readonly #key: string;

  constructor(
    readonly record: ApiKeyRecord,
    key: string,
  ) {
    this.#key = key;
  }

  /** The key, `mr_<id>_<secret>`. It is kept nowhere. */
  get key(): string {
    return this.#key;
  }

  /** Without it, Node's inspection would ask the getter when told to show everything. */
  [inspect.custom](): object {
    return { record: this.record };
  }
}
