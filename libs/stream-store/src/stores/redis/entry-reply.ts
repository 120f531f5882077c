import type { StoredEntry } from '../../api/stream-entry.js';

/** One entry as Redis answers it: ID, and fields and values in turn. */
export type EntryReply = [Buffer, Buffer[]];

const NOTHING = Buffer.alloc(0);
const DATA_FIELD = 0x64;

/** The entry of a reply; its data are the field `d`, which every program that shares the layout writes. */
export function entryOf(stream: string, [id, fields]: EntryReply): StoredEntry {
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] as Buffer;
    if (name.length === 1 && name[0] === DATA_FIELD) {
      return { stream, id: id.toString('latin1'), data: fields[index + 1] as Buffer };
    }
  }
  return { stream, id: id.toString('latin1'), data: NOTHING };
}
