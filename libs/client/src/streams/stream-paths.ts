import type { EntryId } from '@millrace/protocol';
import { pathOfStreams } from './stream-info.js';

/** Fields of a query; those that are undefined are left out. */
export type QueryFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A query with its question mark. */
export function searchText(fields: QueryFields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  return `?${query.toString()}`;
}

/** The groups of a stream, or one of them. */
export function pathOfGroups(stream: string, group?: string): string {
  const groups = `streams/${pathOfStreams([stream])}/groups`;
  return group === undefined ? groups : `${groups}/${encodeURIComponent(group)}`;
}

/** An entry that a group has set aside; `*` for all. */
export function pathOfAside(stream: string, group: string, id: EntryId): string {
  return `${pathOfGroups(stream, group)}/aside/${encodeURIComponent(id)}`;
}
