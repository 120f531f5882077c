import { type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { NewEntry } from '../api/stream-store.js';
import { nextId, requestedId } from '../engine/entry-id.js';

/** What one append adds to one stream. */
export interface PlannedPart {
  readonly stream: string;
  readonly data: readonly Buffer[];
  readonly ids: readonly IdParts[];
}

/**
 * Finds the ID of every entry before anything is written, so that all or none is stored.
 *
 * @param lastOf the last ID of a stream; undefined for a new one
 * @returns a part for each stream, and the IDs in the order of the entries
 * @throws EntryIdError when an own ID is not above the last one of its stream
 */
export function planAppend(
  entries: readonly NewEntry[],
  lastOf: (stream: string) => IdParts | undefined,
): { readonly parts: PlannedPart[]; readonly ids: IdParts[] } {
  const now = BigInt(Date.now());
  const parts = new Map<string, { stream: string; data: Buffer[]; ids: IdParts[] }>();
  const ids = entries.map(({ stream, data, id }) => {
    let part = parts.get(stream);
    if (!part) parts.set(stream, (part = { stream, data: [], ids: [] }));
    const last = part.ids.at(-1) ?? lastOf(stream) ?? ZERO_PARTS;
    const given = id === undefined ? nextId(last, now) : requestedId(id, last);
    part.data.push(data);
    part.ids.push(given);
    return given;
  });
  return { parts: [...parts.values()], ids };
}
