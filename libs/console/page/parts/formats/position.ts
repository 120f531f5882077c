import { formatId, GREATEST_ID_NUMBER, readIdParts, ZERO_ID } from '@millrace/protocol';

/**
 * Reads a place in a stream: an ID, milliseconds since 1970, or a date as `2026-12-01 14:00:05.5`, in the zone of the browser unless it
 * names one.
 *
 * @returns the first ID that can be there; undefined when it is none of these
 */
export function readPosition(text: string): string | undefined {
  const trimmed = text.trim();
  const parts = readIdParts(trimmed);
  if (parts) return formatId(parts);
  const time = /^\d{4}-\d\d/.test(trimmed) ? new Date(trimmed.replace(' ', 'T')).getTime() : NaN;
  return Number.isFinite(time) && time >= 0 ? `${Math.trunc(time)}-0` : undefined;
}

/** What a field for a place accepts. */
export const POSITION_HINT = 'An ID, milliseconds since 1970, or a time as 2026-12-01 14:00:05';

/** The ID right before another one, for what gives entries behind an ID. */
export function idBefore(id: string): string {
  const parts = readIdParts(id);
  if (!parts || (parts.ms === 0n && parts.seq === 0n)) return ZERO_ID;
  return parts.seq > 0n
    ? formatId({ ms: parts.ms, seq: parts.seq - 1n })
    : formatId({ ms: parts.ms - 1n, seq: GREATEST_ID_NUMBER });
}

/** The last ID that a place stands for: of a time or a bare number all of its millisecond. */
export function lastIdAt(text: string): string | undefined {
  const id = readPosition(text);
  if (id === undefined || text.trim() === id) return id;
  return `${id.split('-', 1)[0]!}-${GREATEST_ID_NUMBER}`;
}
