import fc from 'fast-check';
import { MillraceError } from '@millrace/core/errors';
import { cutBlob, parseBatchHeader } from './batch-codec.js';

const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 30 });
const starts = (parts: Uint8Array[]): number[] => {
  let at = 0;
  return parts.map(({ length }) => (at += length) - length);
};
const ends = (parts: Uint8Array[]): number[] => {
  let at = 0;
  return parts.map(({ length }) => (at += length));
};
const same = (cut: Buffer[], parts: Uint8Array[]): void =>
  expect(cut.map((bytes) => bytes.toString('hex'))).toEqual(parts.map((part) => Buffer.from(part).toString('hex')));

describe('Batch codec', () => {
  it('stream-store#10: cuts at starts, the last entry ending with the blob', () => {
    fc.assert(fc.property(pieces, (parts) => same(cutBlob(Buffer.concat(parts), starts(parts)), parts)));
  });

  it('stream-store#34: cuts at ends, said or seen by a first offset above 0', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const blob = Buffer.concat(parts);
        same(cutBlob(blob, ends(parts), 'end'), parts);
        if (parts[0]?.length) same(cutBlob(blob, ends(parts)), parts);
      }),
    );
  });

  it('copies nothing', () => {
    const blob = Buffer.from('abcdef');
    for (const cut of cutBlob(blob, [0, 2, 4])) expect(cut.buffer).toBe(blob.buffer);
  });

  it('stream-store#45: whatever the offsets, gives the whole blob in order or an error with code 1007', () => {
    const offsets = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10 }), offsets, (bytes, list) => {
        const blob = Buffer.from(bytes);
        try {
          expect(Buffer.concat(cutBlob(blob, list)).equals(blob)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ closeCode: 1007 });
        }
      }),
    );
  });

  it('stream-store#45: whatever the header, it is read or refused with 1007 or 1009', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.array(fc.jsonValue()).map((v) => JSON.stringify(v)),
        ),
        (text) => {
          try {
            const header = parseBatchHeader(text, 5);
            expect(header.offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(MillraceError);
            expect([1007, 1009]).toContain((error as MillraceError).closeCode);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stream-store#35: reads back every header it is given', () => {
    const item = fc.tuple(fc.string(), fc.option(fc.stringMatching(/^\d{1,5}-(\d|\*)$/)), fc.nat());
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (items) => {
        expect(parseBatchHeader(JSON.stringify(items), 20)).toEqual({
          streams: items.map(([stream]) => stream),
          ids: items.map(([, id]) => id ?? undefined),
          offsets: items.map(([, , offset]) => offset),
        });
      }),
    );
  });

  it('stream-store#45: refuses with 1007 also what is nested too deeply to be shown', () => {
    const depth = 100_000;
    const header = '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseBatchHeader(header, 100)).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
  });

  it('refuses more entries than a batch may have with 1009', () => {
    expect(() => parseBatchHeader('[0,0,0]', 2)).toThrow(expect.objectContaining({ closeCode: 1009 }));
  });
});
