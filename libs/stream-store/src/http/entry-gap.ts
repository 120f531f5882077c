import type { StreamGap } from '../api/stream-entry.js';
import { asciiJson } from './ascii-json.js';

/** What room the header `entry-offset` leaves. */
const MAX_HEADER_BYTES = 1024;
const ALL = '["*"]';

/**
 * Value of the header `entry-gap`: JSON names of the streams whose entries after the given ID are gone in part, or `["*"]`
 * where there are too many to name; undefined without a gap.
 */
export function gapHeader(gaps: readonly StreamGap[]): string | undefined {
  if (gaps.length === 0) return undefined;
  const names = asciiJson([...new Set(gaps.map(({ stream }) => stream))]);
  return names.length <= MAX_HEADER_BYTES ? names : ALL;
}
