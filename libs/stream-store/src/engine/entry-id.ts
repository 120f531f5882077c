import type { EntryId, IdParts } from '@millrace/protocol';
import { compareParts, followingParts, formatId, nextParts, readIdParts } from '@millrace/protocol';
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

/**
 * The ID an entry asks for: `<ms>-<seq>`, `<ms>`, or `<ms>-*` for the next sequence.
 *
 * @throws EntryIdError when it is not above the last one, or not an ID
 */
export function requestedId(text: string, last: IdParts): IdParts {
  const wanted = text.endsWith('-*') ? openSequence(text, last) : parseId(text);
  if (compareParts(wanted, last) <= 0) {
    throw new EntryIdError(`The ID ${quoted(text)} is not above the last one, ${formatId(last)}`);
  }
  return wanted;
}

function openSequence(text: string, last: IdParts): IdParts {
  const digits = text.slice(0, -2);
  if (!/^\d+$/.test(digits)) throw new EntryIdError(`An entry ID must be <milliseconds>-*, not ${quoted(text)}`);
  const { ms } = parseId(digits);
  if (ms === last.ms) return followingParts(last) ?? exhausted();
  // 0-0 is never used.
  return { ms, seq: ms === 0n ? 1n : 0n };
}

function exhausted(): never {
  throw new EntryIdError(EXHAUSTED);
}

/** What a stream that has used the greatest ID answers. */
export const EXHAUSTED = 'The stream has used the greatest ID there is; delete it, or push to another one';

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
