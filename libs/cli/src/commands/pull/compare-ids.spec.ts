import { isAtOrBehind, millisecondsOf } from './compare-ids.js';

describe('Entry IDs', () => {
  it.each([
    ['2-0', '1-5', true],
    ['1-5', '1-5', true],
    ['1-10', '1-9', true],
    ['1-4', '1-5', false],
    ['7', '7-0', true],
    ['18446744073709551615-1', '18446744073709551615-0', true],
    ['../../x', '1-0', false],
    ['1-0', '$', false],
  ])('%s at or behind %s: %s', (id, other, answer) => expect(isAtOrBehind(id, other)).toBe(answer));

  it('have their milliseconds in front', () => expect(millisecondsOf('1700000000000-3')).toBe(1_700_000_000_000));
});
