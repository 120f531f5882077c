import fc from 'fast-check';
import { compareIds, IdClock } from './entry-id.js';

const U64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('Entry IDs', () => {
  it('compare by milliseconds, then by sequence, over their whole range', () => {
    fc.assert(
      fc.property(U64, U64, U64, U64, (a, b, c, d) => {
        const expected = a === c ? Number(b > d) - Number(b < d) : a > c ? 1 : -1;
        expect(Math.sign(compareIds(`${a}-${b}`, `${c}-${d}`))).toBe(expected);
      }),
    );
    expect(compareIds('5', '5-0')).toBe(0);
  });

  it('the clock only goes forward, also behind an ID that is far ahead of it', () => {
    const clock = new IdClock();
    const ids = Array.from({ length: 1000 }, () => clock.next());
    clock.passed('18446744073709551000-7');
    ids.push(clock.next(), clock.next());
    clock.passed('1-0');
    ids.push(clock.next());
    expect(ids.slice(-3)).toEqual(['18446744073709551000-8', '18446744073709551000-9', '18446744073709551000-10']);
    for (const [index, id] of ids.slice(1).entries()) expect(compareIds(id, ids[index] ?? '')).toBeGreaterThan(0);
  });
});
