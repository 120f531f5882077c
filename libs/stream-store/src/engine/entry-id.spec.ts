import { compareParts, formatId } from '@millrace/protocol';
import fc from 'fast-check';
import { EntryIdError } from '../api/store.errors.js';
import { canonicalId, nextId, parseId, requestedId } from './entry-id.js';

const MAX = 2n ** 64n - 1n;
const part = fc.oneof(fc.bigInt({ min: 0n, max: MAX }), fc.bigInt({ min: 0n, max: 3n }), fc.constant(MAX));
const id = fc.record({ ms: part, seq: part });

describe('Entry IDs', () => {
  it('come back from their text, over all of 64 bits', () => {
    fc.assert(fc.property(id, (one) => expect(parseId(formatId(one))).toEqual(one)));
  });

  it('only grow, whatever the clock does', () => {
    fc.assert(
      fc.property(id, part, (last, clock) => {
        fc.pre(last.ms < MAX || last.seq < MAX);
        const next = nextId(last, clock);
        expect(compareParts(next, last)).toBe(1);
        if (clock > last.ms) expect(next).toEqual({ ms: clock, seq: 0n });
      }),
    );
  });

  it.each([
    '',
    '-',
    '1-',
    '-1',
    '1-2-3',
    'a',
    '1.5',
    ' 1',
    '18446744073709551616',
    '1-18446744073709551616',
    '1-*',
    '٣',
  ])('refuses %p', (text) => {
    expect(() => parseId(text)).toThrow(EntryIdError);
  });

  it('take leading zeros away, and a missing sequence for 0', () => {
    expect(canonicalId('007-01')).toBe('7-1');
    expect(canonicalId('5')).toBe('5-0');
  });

  it('stream-store#35: an own ID is kept, or gets the next sequence', () => {
    const last = { ms: 7n, seq: 3n };
    expect(formatId(requestedId('7-4', last))).toBe('7-4');
    expect(formatId(requestedId('7-*', last))).toBe('7-4');
    expect(formatId(requestedId('8-*', last))).toBe('8-0');
    expect(formatId(requestedId('0-*', { ms: 0n, seq: 0n }))).toBe('0-1');
    for (const refused of ['7-3', '7', '6-*', '0-0']) expect(() => requestedId(refused, last)).toThrow('not above');
  });

  it('end with the greatest one', () => {
    expect(() => nextId({ ms: MAX, seq: MAX }, 0n)).toThrow(EntryIdError);
  });
});
