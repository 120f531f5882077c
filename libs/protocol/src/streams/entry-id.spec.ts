import fc from 'fast-check';
import { compareIds, compareParts, formatId, GREATEST_ID_NUMBER, nextParts, readIdParts } from './entry-id.js';

const parts = fc.record({ ms: fc.bigInt(0n, GREATEST_ID_NUMBER), seq: fc.bigInt(0n, GREATEST_ID_NUMBER) });

describe('Entry ids', () => {
  it('are read as they are written, and compared by value', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(readIdParts(formatId(a))).toEqual(a);
        expect(Math.sign(compareIds(formatId(a), formatId(b)))).toBe(compareParts(a, b));
      }),
    );
  });

  it('are refused in any other form', () => {
    for (const text of ['', '-', '1-', '-1', '1-*', '1.5-0', ' 1-0', `${GREATEST_ID_NUMBER + 1n}-0`, '0'.repeat(21)])
      expect(readIdParts(text)).toBeUndefined();
    expect(readIdParts('7')).toEqual({ ms: 7n, seq: 0n });
  });

  it('only grow, whatever the clock says, until the greatest one', () => {
    expect(nextParts({ ms: 5n, seq: 3n }, 6n)).toEqual({ ms: 6n, seq: 0n });
    expect(nextParts({ ms: 5n, seq: 3n }, 5n)).toEqual({ ms: 5n, seq: 4n });
    expect(nextParts({ ms: 5n, seq: GREATEST_ID_NUMBER }, 1n)).toEqual({ ms: 6n, seq: 0n });
    expect(nextParts({ ms: GREATEST_ID_NUMBER, seq: GREATEST_ID_NUMBER }, 1n)).toBeUndefined();
  });
});
