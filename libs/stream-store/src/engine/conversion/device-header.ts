import { MillraceError } from '@millrace/core/errors';

const TIME_AT = 2;
const HEADER_BYTES = 10;

/**
 * The time in an entry's device header, in milliseconds: version (1 byte), frame type (1 byte), time (8 bytes,
 * little-endian) (stream-store§10).
 *
 * @throws MillraceError 400 for an entry without one: JSON and sound carry no time
 */
export function deviceTime(entry: Buffer): bigint {
  const type = entry[1];
  const untimed = entry.length < HEADER_BYTES || type === 0x7b || type === 0x5d || type === 0x22 || type === 172;
  if (untimed)
    throw new MillraceError('BAD_REQUEST', 'An entry has no device header with its time; push it without parse_meta');
  return entry.readBigUInt64LE(TIME_AT);
}
