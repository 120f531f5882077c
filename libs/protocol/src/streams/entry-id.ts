/** `<milliseconds>-<sequence>`: two unsigned 64-bit numbers in decimal, without leading zeros (stream-store§1). */
export type EntryId = string;

/** The id before every entry. */
export const ZERO_ID: EntryId = '0-0';

/** The greatest milliseconds, and the greatest sequence number, of an id. */
export const GREATEST_ID_NUMBER = 0xffff_ffff_ffff_ffffn;

/** An entry id as two numbers; `bigint`, since both may use all of 64 bits. */
export interface IdParts {
  readonly ms: bigint;
  readonly seq: bigint;
}

export const ZERO_PARTS: IdParts = { ms: 0n, seq: 0n };

/** Reads `<ms>-<seq>` or `<ms>` (the same as `<ms>-0`); undefined for anything else. */
export function readIdParts(text: string): IdParts | undefined {
  const [, ms, seq = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(text) ?? [];
  if (ms === undefined) return undefined;
  const parts = { ms: BigInt(ms), seq: BigInt(seq) };
  return parts.ms > GREATEST_ID_NUMBER || parts.seq > GREATEST_ID_NUMBER ? undefined : parts;
}

export function formatId({ ms, seq }: IdParts): EntryId {
  return `${ms}-${seq}`;
}

/** Negative, 0 or positive, as for sorting. */
export function compareParts(a: IdParts, b: IdParts): number {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return 0;
}

/** Compares two ids of the form `<ms>-<seq>` without making numbers of them: negative, 0 or positive, as for sorting. */
export function compareIds(a: EntryId, b: EntryId): number {
  const dash = a.indexOf('-');
  return (
    dash - b.indexOf('-') ||
    compareRange(a, b, 0, dash) ||
    a.length - b.length ||
    compareRange(a, b, dash + 1, a.length)
  );
}

function compareRange(a: string, b: string, from: number, to: number): number {
  for (let index = from; index < to; index += 1) {
    const difference = a.charCodeAt(index) - b.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The id right after another one; undefined after the greatest one there is. */
export function followingParts({ ms, seq }: IdParts): IdParts | undefined {
  if (seq < GREATEST_ID_NUMBER) return { ms, seq: seq + 1n };
  return ms < GREATEST_ID_NUMBER ? { ms: ms + 1n, seq: 0n } : undefined;
}

/**
 * The id of a new entry: the clock in milliseconds and sequence 0 or, when the clock has not moved on or went back, the
 * one after the last id.
 *
 * @param clock milliseconds since 1970
 */
export function nextParts(last: IdParts, clock: bigint): IdParts | undefined {
  return clock > last.ms ? { ms: clock, seq: 0n } : followingParts(last);
}
