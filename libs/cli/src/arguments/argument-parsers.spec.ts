import { collect, countArgument, durationArgument, positiveArgument, sizeArgument } from './argument-parsers.js';

describe('Values of options', () => {
  it.each([
    ['512', 512],
    ['64k', 65_536],
    ['64K', 65_536],
    ['1M', 1_048_576],
    ['1MiB', 1_048_576],
    ['2g', 2_147_483_648],
  ])('reads the size %s', (text, bytes) => expect(sizeArgument(text)).toBe(bytes));

  it.each(['', '0', '-1', '1.5k', '64 k', '1T', 'k', '99999999999'])('refuses the size "%s"', (text) =>
    expect(() => sizeArgument(text)).toThrow('number of bytes'),
  );

  it.each([
    ['10', 10_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['9999h', 35_996_400_000],
  ])('reads the time span %s', (text, milliseconds) => expect(durationArgument(text)).toBe(milliseconds));

  it.each(['', '0', '-1s', '1d', '1e3', 'Infinity', `${'9'.repeat(400)}h`])('refuses the time span "%s"', (text) =>
    expect(() => durationArgument(text)).toThrow('time span'),
  );

  it('reads counts and numbers above 0', () => {
    expect([countArgument('7'), positiveArgument('0.5'), positiveArgument('.25')]).toEqual([7, 0.5, 0.25]);
    for (const text of ['0', '-1', '1.5', 'x', '']) expect(() => countArgument(text)).toThrow('whole number');
    for (const text of ['0', '-1', 'x', '', 'Infinity']) expect(() => positiveArgument(text)).toThrow('above 0');
  });

  it('gathers what may be given several times', () => {
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
  });
});
