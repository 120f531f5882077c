import fc from 'fast-check';
import { joinEntries, startsOf } from './batch.js';
import { cutPair, readPairHeader, writePairHeader, type PairHeader } from './pair.js';

const entry = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1 }),
  id: fc.bigInt(0n, 2n ** 64n - 1n).map((ms) => `${ms}-0`),
  data: fc.uint8Array({ maxLength: 20 }),
});

describe('Pairs', () => {
  it('give the entries they were made of', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), fc.nat(2), (entries, skipped) => {
        const from = Math.min(skipped, entries.length);
        const sent = entries.slice(from);
        const header = readPairHeader(JSON.parse(writePairHeader(entries, from, entries.length))) as PairHeader;
        const { starts, length } = startsOf(sent.map(({ data }) => data));
        expect(header.map(([, , start]) => start)).toEqual(starts);
        const blob = joinEntries(
          sent.map(({ data }) => data),
          length,
        );
        expect([...cutPair(header, blob)]).toEqual(sent);
      }),
    );
  });

  it('are told apart from notices and from anything else', () => {
    const notice = { gap: { stream: 'a', after: '1-0', first: '2-0' } };
    expect(readPairHeader(notice)).toBe(notice);
    const unreadable = { unreadable: { stream: 'a', id: '1-0', bytes: 3 } };
    expect(readPairHeader(unreadable)).toBe(unreadable);
    expect(readPairHeader([])).toEqual([]);
    expect(readPairHeader({ cursors: { a: '1-0' } })).toEqual({ cursors: { a: '1-0' } });
    for (const value of [null, 7, 'gap', {}, { cursors: 7 }]) expect(readPairHeader(value)).toBeUndefined();
  });
});
