/** One entry in the header of a batch: where it starts in the blob, or its stream (and own id) as well (stream-store§6). */
export type BatchItem =
  number | readonly [stream: string, start: number] | readonly [stream: string, id: string, start: number];

/** Where each of several entries starts when they stand one after another, and how long they are together. */
export function startsOf(entries: readonly Uint8Array[]): {
  readonly starts: readonly number[];
  readonly length: number;
} {
  let length = 0;
  const starts = entries.map((data) => {
    const start = length;
    length += data.length;
    return start;
  });
  return { starts, length };
}

/** Entries one after another, as one message. A single one is not copied. */
export function joinEntries(entries: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = entries;
  if (only && entries.length === 1) return only;
  const blob = new Uint8Array(length);
  let end = 0;
  for (const data of entries) {
    blob.set(data, end);
    end += data.length;
  }
  return blob;
}
