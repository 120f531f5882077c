import { isNestedDeeper, MAX_JSON_DEPTH } from './json-depth.js';

const nested = (depth: number, [open, close]: [string, string]): string => open.repeat(depth) + close.repeat(depth);

describe('The depth of JSON text', () => {
  it.each<[string, [string, string]]>([
    ['lists', ['[', ']']],
    ['objects', ['{"a":', '}']],
  ])('counts %s', (_kind, pair) => {
    expect(isNestedDeeper(nested(MAX_JSON_DEPTH, pair))).toBe(false);
    expect(isNestedDeeper(nested(MAX_JSON_DEPTH + 1, pair))).toBe(true);
  });

  it('counts what is open at a time, and no more', () => {
    expect(isNestedDeeper(`[${'[],{},'.repeat(5000)}[]]`, 2)).toBe(false);
    expect(isNestedDeeper(`[${'[],{},'.repeat(5000)}[[]]]`, 2)).toBe(true);
  });

  it.each([
    '[[[[[[[[',
    'a \\" quote [[[[[[[[',
    'a backslash \\\\',
    '\\\\\\" and [[[[[[[',
    '\\u005b \\\\\\\\ {{{{{{{{{{',
  ])('leaves brackets within the string "%s" out', (text) => {
    expect(isNestedDeeper(`[${`{"${text}":"${text}"},`.repeat(10)}1]`, 2)).toBe(false);
    expect(isNestedDeeper(`[${`{"${text}":"${text}"},`.repeat(10)}[[1]]]`, 2)).toBe(true);
  });

  it('tells characters apart that differ from a bracket by the bit that parts the two kinds', () => {
    expect(isNestedDeeper('"\u007b\u005b" : \u007c \u005c \u003b \u001b'.repeat(50), 1)).toBe(false);
  });

  it('comes to an end for what is not JSON', () => {
    expect(isNestedDeeper(`"${'['.repeat(5000)}`, 10)).toBe(false);
    expect(isNestedDeeper(']'.repeat(5000), 10)).toBe(false);
    expect(isNestedDeeper('['.repeat(5_000_000))).toBe(true);
  });
});
