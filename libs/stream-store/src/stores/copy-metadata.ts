import type { StreamMetadata } from '../api/stream-entry.js';

/** A copy as storage would give it: JSON, and an object of its own. */
export function copyMetadata<T extends StreamMetadata | undefined>(metadata: T): T {
  return metadata === undefined ? metadata : (JSON.parse(JSON.stringify(metadata)) as T);
}
