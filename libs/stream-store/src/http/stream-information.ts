import type { StreamInformation } from '@millrace/protocol';
import type { EntryId, StreamDescription, StreamMetadata } from '../api/stream-entry.js';

/** What `GET /streams/{id}` answers (stream-store§4). */
export function streamInformation(
  stream: string,
  description: StreamDescription | undefined,
  metadata: StreamMetadata | undefined,
): StreamInformation {
  const meta = metadata ? JSON.stringify(metadata) : null;
  if (!description) return { sid: stream, error: 'no such key', meta };
  const { firstEntry, lastEntry } = description;
  return {
    sid: stream,
    length: description.length,
    'radix-tree-keys': description.radixTreeKeys,
    'radix-tree-nodes': description.radixTreeNodes,
    'last-generated-id': description.lastGeneratedId,
    'max-deleted-entry-id': description.maxDeletedEntryId,
    'entries-added': description.entriesAdded,
    'recorded-first-entry-id': firstEntry ?? '0-0',
    groups: description.groups,
    'first-entry': firstEntry ?? null,
    'last-entry': lastEntry ?? null,
    'first-entry-time': firstEntry ? localTime(firstEntry) : null,
    'last-entry-time': lastEntry ? localTime(lastEntry) : null,
    ...(description.bytes === undefined ? {} : { bytes: description.bytes }),
    meta,
  };
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in the server's time zone; null where the ID's milliseconds are not a date. */
function localTime(id: EntryId): string | null {
  const date = new Date(Number(id.split('-', 1)[0]));
  if (Number.isNaN(date.getTime())) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}000`;
}
