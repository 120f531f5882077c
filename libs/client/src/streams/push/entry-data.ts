/** An entry's bytes; a text goes as UTF-8. */
export type EntryData = Uint8Array | string;

export function bytesOfEntry(data: EntryData): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}
