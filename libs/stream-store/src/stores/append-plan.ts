import { compareParts, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { NewEntry } from '../api/stream-store.js';
import { nextId, requestedId } from '../engine/entry-id.js';
import type { Floors } from './floors.js';

/** What one append adds to one stream. */
export interface PlannedPart {
  readonly stream: string;
  readonly data: readonly Buffer[];
  readonly ids: readonly IdParts[];
  /** For a stream that begins anew above its {@link Floors}: the ID up to which it counts as removed. */
  readonly floor?: IdParts | undefined;
}

/**
 * Finds the ID of every entry before anything is written, so that all or none is stored.
 *
 * @param lastOf the last ID of a stream; undefined for a new one
 * @param floors where new ones have ended before; an own ID may lie below that, so that a recording can be replayed
 * @returns a part for each stream, and the IDs in the order of the entries
 * @throws EntryIdError when an own ID is not above the last one of its stream
 */
export function planAppend(
  entries: readonly NewEntry[],
  lastOf: (stream: string) => IdParts | undefined,
  floors: Floors,
): { readonly parts: PlannedPart[]; readonly ids: IdParts[] } {
  const now = BigInt(Date.now());
  const parts = new Map<string, PlannedPart & { data: Buffer[]; ids: IdParts[]; floor?: IdParts | undefined }>();
  const ids = entries.map(({ stream, data, id }) => {
    let part = parts.get(stream);
    if (!part) parts.set(stream, (part = { stream, data: [], ids: [] }));
    const last = part.ids.at(-1) ?? lastOf(stream);
    const floor = last ? undefined : floors.get(stream);
    const given = id === undefined ? nextId(last ?? floor ?? ZERO_PARTS, now) : requestedId(id, last ?? ZERO_PARTS);
    if (floor && compareParts(given, floor) > 0) part.floor = floor;
    part.data.push(data);
    part.ids.push(given);
    return given;
  });
  return { parts: [...parts.values()], ids };
}
