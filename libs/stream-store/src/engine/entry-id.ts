import type { EntryId, IdParts } from '@millrace/protocol';
import {
  compareParts,
  followingParts,
  formatId,
  GREATEST_ID_NUMBER,
  nextParts,
  readIdParts,
  ZERO_PARTS,
} from '@millrace/protocol';
import { EntryIdError } from '../api/store.errors.js';
import { quoted } from './quoted.js';

/**
 * Reads `<ms>-<seq>` or `<ms>` (the same as `<ms>-0`).
 *
 * @throws EntryIdError for anything else
 */
export function parseId(text: string): IdParts {
  const parts = readIdParts(text);
  if (!parts) throw new EntryIdError(`An entry ID must be <milliseconds>-<sequence>, not ${quoted(text)}`);
  return parts;
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
 * @throws EntryIdError after the greatest ID
 */
export function nextId(last: IdParts, clock: bigint): IdParts {
  return nextParts(last, clock) ?? exhausted();
}

/** The ID an entry asks for: `<ms>-<seq>`, `<ms>`, or `<ms>-*` for the next sequence (undefined). @throws EntryIdError */
export function parseRequest(text: string): { readonly ms: bigint; readonly seq: bigint | undefined } {
  if (!text.endsWith('-*')) return parseId(text);
  const digits = text.slice(0, -2);
  if (!/^\d+$/.test(digits)) throw new EntryIdError(`An entry ID must be <milliseconds>-*, not ${quoted(text)}`);
  return { ms: parseId(digits).ms, seq: undefined };
}

/** The ID that an entry gets which asks for one. @throws EntryIdError when it is not above the last one, or not an ID */
export function requestedId(text: string, last: IdParts): IdParts {
  const { ms, seq } = parseRequest(text);
  if (seq === undefined && ms === last.ms) return followingParts(last) ?? exhausted();
  // 0-0 is never used.
  const wanted = { ms, seq: seq ?? (ms === 0n ? 1n : 0n) };
  if (compareParts(wanted, last) <= 0) {
    throw new EntryIdError(`The ID ${quoted(text)} is not above the last one, ${formatId(last)}`);
  }
  return wanted;
}

function exhausted(): never {
  throw new EntryIdError(EXHAUSTED);
}

/** What a stream that has used the greatest ID answers. */
export const EXHAUSTED = 'The stream has used the greatest ID there is; delete it, or push to another one';

/** Index of the first of `count` things that lie in the order of their IDs which is above one; the count when none is. */
export function firstAbove(count: number, isAbove: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAbove(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const WORDS = new Set(['*', '$', '-']);

/**
 * `last_entry_id`: one for all streams, or several joined by `+`, used over in turn (stream-store§5). A query parser
 * has turned the `+` into a space. IDs come back in the form `<ms>-<seq>`; `*`, `$` and `-` as they are.
 *
 * @returns one for each stream
 * @throws EntryIdError for anything else
 */
export function parseLastEntryIds(text: string, streams: number): EntryId[] {
  const given = text.split(/[+ ]/).map((part) => (WORDS.has(part) ? part : canonicalId(part)));
  if (given.length > streams)
    throw new EntryIdError(
      `There are ${given.length} last entry IDs for ${streams} streams; give one for all, or at most one for each`,
    );
  return Array.from({ length: streams }, (_, index) => given[index % given.length] ?? '$');
}

/** The greatest ID below another; that of the beginning has none below, and is its own. */
export function precedingParts({ ms, seq }: IdParts): IdParts {
  if (seq > 0n) return { ms, seq: seq - 1n };
  return ms === 0n ? ZERO_PARTS : { ms: ms - 1n, seq: GREATEST_ID_NUMBER };
}

/** Seconds by the milliseconds of two IDs; 0 where the second one lies below the first. */
export function secondsBetween(from: EntryId, to: EntryId): number {
  return Math.max(0, Number(parseId(to).ms - parseId(from).ms) / 1000);
}
