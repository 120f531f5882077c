import { StoreUnavailableError } from '../../api/store.errors.js';
import { isNestedDeeper, Sequence, type StreamMetadata } from '@millrace/protocol';
import { isJsonObject } from '@millrace/core/http';
import type { RedisClient } from '@millrace/core/redis';
import { mergeMetadata } from '../merge-metadata.js';
import type { RedisKeys } from './redis-keys.js';
import { isWrongType } from './redis-store-error.js';
import { REPLACE } from './scripts.js';

/** Attempts to merge while other processes change the same metadata. */
const ATTEMPTS = 20;

/** Metadata as JSON text, a key for each stream. */
export class RedisMetadata {
  /** Changes of one process go one after the other. */
  private readonly changes = new Sequence();

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly maxBytes: number,
  ) {}

  async get(stream: string): Promise<StreamMetadata | undefined> {
    try {
      const text = await this.redis.get(this.keys.metadata(stream));
      return text === null ? undefined : parse(text);
    } catch (error) {
      // As for text that cannot be read.
      if (isWrongType(error)) return undefined;
      throw error;
    }
  }

  set(stream: string, fields: StreamMetadata, override: boolean): Promise<StreamMetadata> {
    return this.changes.run(() => this.change(stream, fields, override));
  }

  private async change(stream: string, fields: StreamMetadata, override: boolean): Promise<StreamMetadata> {
    const key = this.keys.metadata(stream);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = (await this.redis.get(key)) ?? '';
      const text = mergeMetadata({ before: parse(before), fields, override }, this.maxBytes);
      if ((await this.redis.eval(REPLACE, 1, key, before, text)) === 1) return parse(text) ?? {};
    }
    throw new StoreUnavailableError('Other processes keep changing the metadata; try again');
  }
}

/** Other programs write these keys too: what is not an object, or could not be written again, counts as no metadata. */
function parse(text: string): StreamMetadata | undefined {
  if (isNestedDeeper(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
