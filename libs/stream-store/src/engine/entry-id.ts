import { EntryIdError } from '../api/store.errors.js';
import type { EntryId } from '../api/stream-entry.js';

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
/** The greatest sequence number of an ID. */
export const GREATEST_SEQUENCE = MAX_U64;
const MAX_DIGITS = 20;

/** An entry ID as two numbers; `bigint`, since both may use all of 64 bits. */
export interface IdParts {
  readonly ms: bigint;
  readonly seq: bigint;
}

export const ZERO_PARTS: IdParts = { ms: 0n, seq: 0n };

/**
 * Reads `<ms>-<seq>` or `<ms>` (the same as `<ms>-0`).
 *
 * @throws EntryIdError for anything else
 */
export function parseId(text: string): IdParts {
  const [, ms, seq = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(text) ?? [];
  const parts = ms === undefined ? undefined : { ms: BigInt(ms), seq: BigInt(seq) };
  if (!parts || parts.ms > MAX_U64 || parts.seq > MAX_U64)
    throw new EntryIdError(`${quote(text)} is no entry ID; it is <milliseconds>-<sequence>`);
  return parts;
}

export function formatId({ ms, seq }: IdParts): EntryId {
  return `${ms}-${seq}`;
}

export function compareParts(a: IdParts, b: IdParts): number {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return 0;
}

/** Compares two well-formed IDs without making numbers of them. */
export function compareIds(a: EntryId, b: EntryId): number {
  const dashA = a.indexOf('-');
  const dashB = b.indexOf('-');
  return compareDigits(a, 0, dashA, b, 0, dashB) || compareDigits(a, dashA + 1, a.length, b, dashB + 1, b.length);
}

function compareDigits(a: string, fromA: number, toA: number, b: string, fromB: number, toB: number): number {
  const lengths = toA - fromA - (toB - fromB);
  if (lengths !== 0) return lengths;
  for (let index = 0; index < toA - fromA; index += 1) {
    const difference = a.charCodeAt(fromA + index) - b.charCodeAt(fromB + index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The canonical form of an ID: `<ms>-<seq>` without leading zeros. @throws EntryIdError */
export function canonicalId(text: string): EntryId {
  return formatId(parseId(text));
}

/**
 * The ID of a new entry: the clock in milliseconds and sequence 0 or, when the clock has not moved on or went back, the
 * last milliseconds and the next sequence (stream-store§1).
 *
 * @param clock milliseconds since 1970
 */
export function nextId(last: IdParts, clock: bigint): IdParts {
  if (clock > last.ms) return { ms: clock, seq: 0n };
  return following(last);
}

/**
 * The ID an entry asks for: `<ms>-<seq>`, `<ms>`, or `<ms>-*` for the next sequence.
 *
 * @throws EntryIdError when it is not above the last one, or not an ID
 */
export function requestedId(text: string, last: IdParts): IdParts {
  const wanted = text.endsWith('-*') ? openSequence(text.slice(0, -2), last) : parseId(text);
  if (compareParts(wanted, last) <= 0) {
    throw new EntryIdError(`The ID ${quote(text)} is not above the last one, ${formatId(last)}`);
  }
  return wanted;
}

function openSequence(text: string, last: IdParts): IdParts {
  if (!/^\d+$/.test(text)) throw new EntryIdError(`${quote(`${text}-*`)} is no entry ID`);
  const { ms } = parseId(text);
  if (ms === last.ms) return following(last);
  // 0-0 is never used.
  return { ms, seq: ms === 0n ? 1n : 0n };
}

function following({ ms, seq }: IdParts): IdParts {
  if (seq < MAX_U64) return { ms, seq: seq + 1n };
  if (ms < MAX_U64) return { ms: ms + 1n, seq: 0n };
  throw new EntryIdError('The stream has used the greatest ID there is');
}

function quote(text: string): string {
  return JSON.stringify(text.length > 2 * MAX_DIGITS + 1 ? `${text.slice(0, 2 * MAX_DIGITS)}…` : text);
}
