import { Readable } from 'node:stream';
import fc from 'fast-check';
import { inLines, inPieces } from './split-bytes.js';

/** Bytes in chunks of given lengths, the rest at the end. */
function chunked(bytes: Uint8Array, lengths: readonly number[]): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at < bytes.length && length > 0) chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at < bytes.length) chunks.push(bytes.subarray(at));
  return Readable.from(chunks) as AsyncIterable<Uint8Array>;
}

async function all(items: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const list: Buffer[] = [];
  for await (const item of items) list.push(Buffer.from(item));
  return list;
}

describe('Cutting bytes', () => {
  const lengths = fc.array(fc.nat({ max: 20 }));

  it('makes pieces of one size, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 100 }),
        lengths,
        fc.integer({ min: 1, max: 30 }),
        async (bytes, cuts, size) => {
          const pieces = await all(inPieces(chunked(bytes, cuts), size));
          expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
          expect(pieces.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
          expect(pieces).toHaveLength(Math.ceil(bytes.length / size));
        },
      ),
    );
  });

  it('makes lines as split() does, however the bytes come', async () => {
    const text = fc.array(fc.constantFrom(10, 10, 13, 65, 255), { maxLength: 60 }).map((list) => Uint8Array.from(list));
    await fc.assert(
      fc.asyncProperty(text, lengths, async (bytes, cuts) => {
        const expected = Buffer.from(bytes).toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        const lines = await all(inLines(chunked(bytes, cuts), 1000));
        expect(lines.map((line) => line.toString('latin1'))).toEqual(expected);
      }),
    );
  });

  it('refuses a line without end', async () => {
    await expect(all(inLines(chunked(new Uint8Array(100), [50]), 60))).rejects.toThrow('longer than an entry');
  });
});
