type Bytes = AsyncIterable<Uint8Array>;

/** Cuts bytes into pieces of a size; the last one is the rest. */
export async function* inPieces(input: Bytes, size: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of input) {
    let from = 0;
    while (held + chunk.length - from >= size) {
      const upTo = from + size - held;
      yield Buffer.concat([...parts, chunk.subarray(from, upTo)]);
      parts = [];
      held = 0;
      from = upTo;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
    held += chunk.length - from;
  }
  if (held > 0) yield Buffer.concat(parts);
}

/** Cuts bytes at line feeds, which are left out. A text that does not end with one has its rest as the last line. */
export async function* inLines(input: Bytes, limit: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      held = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > limit) throw new RangeError(`A line is longer than an entry may be`);
  }
  if (held > 0) yield Buffer.concat(parts);
}
