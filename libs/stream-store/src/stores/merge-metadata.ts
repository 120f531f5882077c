import { MillraceError } from '@millrace/core/errors';
import type { StreamMetadata } from '../api/stream-store.js';

interface Change {
  readonly before: StreamMetadata | undefined;
  readonly fields: StreamMetadata;
  /** Replaces what was there, in place of merging. */
  readonly override: boolean;
}

/**
 * What a stream's metadata are after a change, as JSON text.
 *
 * @throws MillraceError `TOO_LARGE` above a number of bytes: each change may be small, and all of them together large
 */
export function mergeMetadata({ before, fields, override }: Change, maxMetadataBytes: number): string {
  const text = JSON.stringify({ ...(override ? {} : before), ...fields });
  if (Buffer.byteLength(text) <= maxMetadataBytes) return text;
  throw new MillraceError(
    'TOO_LARGE',
    `The metadata of a stream may have at most ${maxMetadataBytes} bytes; leave some out, or raise limits.maxMetadataBytes`,
  );
}
