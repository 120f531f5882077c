import { type StreamDescription, ZERO_ID } from '../../api/stream-entry.js';

/** The description that Redis's own account of a stream amounts to. */
export function descriptionOf(stream: string, reply: readonly unknown[]): StreamDescription {
  const fields = new Map<unknown, unknown>();
  for (let index = 0; index + 1 < reply.length; index += 2) fields.set(reply[index], reply[index + 1]);
  const number = (name: string, otherwise = 0) => Number(fields.get(name) ?? otherwise);
  const id = (name: string) => (fields.get(name) as string | null | undefined) ?? undefined;
  const length = number('length');
  return {
    stream,
    length,
    lastGeneratedId: id('last-generated-id') ?? ZERO_ID,
    maxDeletedEntryId: id('max-deleted-entry-id') ?? ZERO_ID,
    // Redis counts them since version 7.
    entriesAdded: number('entries-added', length),
    firstEntry: id('first-entry'),
    lastEntry: id('last-entry'),
    groups: number('groups'),
    radixTreeKeys: number('radix-tree-keys'),
    radixTreeNodes: number('radix-tree-nodes'),
  };
}
