import fc from 'fast-check';
import type { StoredEntry } from '../../api/stream-store.js';
import { FrameCache } from './pair-encoder.js';

/** Reads server frames by the letter of RFC 6455, section 5.2. */
function decode(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at < bytes.length;) {
    const opcode = bytes.readUInt8(at) & 0x0f;
    expect(bytes.readUInt8(at) & 0xf0).toBe(0x80);
    let length = bytes.readUInt8(at + 1);
    let start = at + 2;
    if (length === 126) {
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(start));
      start += 8;
    }
    frames.push({ opcode, payload: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}

const entries = fc.array(
  fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.nat(), fc.oneof(fc.nat(300), fc.nat(70_000)))
    .map(([stream, ms, size]): StoredEntry => ({ stream, id: `${ms}-0`, data: Buffer.alloc(size, ms) })),
  { minLength: 1, maxLength: 12 },
);

describe('Frames of message pairs', () => {
  it('stream-store#15 #18: are pairs of text and binary, of at most count entries, with their starts', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 5 }), fc.boolean(), (list, count, shared) => {
        const frames = decode(Buffer.concat(new FrameCache().framesOf(list, count, shared)));
        const found: StoredEntry[] = [];
        for (let index = 0; index < frames.length; index += 2) {
          const [text, blob] = [frames[index], frames[index + 1]];
          expect([text?.opcode, blob?.opcode]).toEqual([1, 2]);
          const header = JSON.parse(text?.payload.toString() ?? '') as [string, string, number][];
          expect(header.length).toBeLessThanOrEqual(count);
          header.forEach(([stream, id, start], place) =>
            found.push({ stream, id, data: blob?.payload.subarray(start, header[place + 1]?.[2]) as Buffer }),
          );
        }
        expect(found.map(({ stream, id }) => [stream, id])).toEqual(list.map(({ stream, id }) => [stream, id]));
        expect(found.every(({ data }, index) => data.equals(list[index]?.data as Buffer))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('refer to entries that lie one behind the other, however small each is, and to no byte beside them', () => {
    const block = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index));
    const list = Array.from({ length: 90 }, (_, index): StoredEntry => {
      // One is missing in the middle.
      const start = 500 + (index < 45 ? index : index + 1) * 1000;
      return { stream: 's', id: `${index}-0`, data: block.subarray(start, start + 1000) };
    });
    const frames = new FrameCache().framesOf(list, 90, false);
    const blob = Buffer.concat(list.map(({ data }) => data));
    expect(decode(Buffer.concat(frames))[1]?.payload.equals(blob)).toBe(true);
    expect(frames.filter(({ buffer }) => buffer === block.buffer).map(({ length }) => length)).toEqual([
      45_000, 45_000,
    ]);
  });

  it('are built once for all who are handed the same entries, and again for another count', () => {
    const cache = new FrameCache();
    const list = ['a', 'b'].map((id): StoredEntry => ({ stream: 's', id: `${id.length}-0`, data: Buffer.from(id) }));
    expect(cache.framesOf(list, 2, true)).toBe(cache.framesOf([...list], 2, true));
    expect(cache.framesOf(list, 2, true)).not.toBe(cache.framesOf(list, 1, true));
  });
});
