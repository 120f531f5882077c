import { millisecondsOf, readId } from './argument-parsers.js';

describe('Entry IDs', () => {
  it.each([
    ['0', [0n, 0n]],
    ['7', [7n, 0n]],
    ['18446744073709551615-1', [18_446_744_073_709_551_615n, 1n]],
  ])('%s is one', (id, parts) => expect(readId(id)).toEqual(parts));

  it.each(['', '$', '-', '1-', '../../x', '1-0/..', '1 ', '1-0\n'])('"%s" is none', (id) =>
    expect(readId(id)).toBeUndefined(),
  );

  it('have their milliseconds in front', () => expect(millisecondsOf('1700000000000-3')).toBe(1_700_000_000_000));
});
