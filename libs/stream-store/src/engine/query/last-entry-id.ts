import { EntryIdError } from '../../api/store.errors.js';
import type { EntryId } from '../../api/stream-entry.js';
import { canonicalId } from '../entry-id.js';

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
