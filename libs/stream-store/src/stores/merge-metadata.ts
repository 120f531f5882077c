import { MillraceError } from '@millrace/core/errors';
import { isNestedDeeper, MAX_JSON_DEPTH } from '@millrace/protocol';
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
 * @throws MillraceError `TOO_LARGE` above a number of bytes: each change may be small, and all of them together large;
 * `INVALID` for what is nested too deep
 */
export function mergeMetadata({ before, fields, override }: Change, maxMetadataBytes: number): string {
  const text = write({ ...(override ? {} : before), ...fields });
  if (Buffer.byteLength(text) <= maxMetadataBytes) return text;
  throw new MillraceError(
    'TOO_LARGE',
    `The metadata of a stream may have at most ${maxMetadataBytes} bytes; leave some out, or raise limits.maxMetadataBytes`,
  );
}

function write(metadata: StreamMetadata): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(metadata);
  } catch (error) {
    // Most such values are so deep that the stack overflows.
    if (!(error instanceof RangeError)) throw error;
  }
  if (text !== undefined && !isNestedDeeper(text)) return text;
  throw new MillraceError('INVALID', `The metadata of a stream may be nested at most ${MAX_JSON_DEPTH} levels deep`);
}
