import fc from 'fast-check';
import { compactJson } from './compact-json.js';

const compact = (text: string): string | undefined => {
  const found = compactJson(Buffer.from(text));
  return found && Buffer.from(found).toString();
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const spaces = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 2 });
const piece = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'u',
    'true',
    'false',
    'null',
    'NaN',
    '"a"',
    '"\\ud800"',
    '"\\x"',
    '"é流😀"',
  ],
  ...[
    '0',
    '-',
    '-0',
    '01',
    '1.',
    '.5',
    '1.5',
    'e',
    'E+',
    '1e400',
    '-0.0e-1',
    '12345678901234567890',
    '\u0000',
    '\ufeff',
    '\u00a0',
  ],
);

describe('compactJson', () => {
  it('takes exactly what JSON.parse takes, and gives text of the same value', () => {
    const text = fc.array(fc.tuple(piece, spaces), { maxLength: 9 }).map((list) => list.flat().join(''));
    fc.assert(
      fc.property(text, (given) => {
        const found = compact(given);
        expect(found !== undefined).toBe(isJson(given.replace(/^\ufeff/, '')));
        if (found !== undefined) expect(JSON.parse(found)).toEqual(JSON.parse(given.replace(/^\ufeff/, '')));
      }),
      { numRuns: 20_000 },
    );
  });

  it('removes nothing but white space outside of strings', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), fc.constantFrom('\n', '\r\n', ' \t'), (value, indent, end) => {
        const text = JSON.stringify(value, null, indent).replaceAll('\n', end);
        expect(compact(`${end}${text}${end}`)).toBe(JSON.stringify(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('notices a change of any one byte that JSON.parse notices', () => {
    const change = fc.tuple(fc.jsonValue(), fc.nat(), fc.integer({ min: 0, max: 0x7f }), fc.boolean());
    fc.assert(
      fc.property(change, ([value, place, byte, insert]) => {
        const text = JSON.stringify(value);
        const at = place % text.length;
        const changed = `${text.slice(0, at)}${String.fromCharCode(byte)}${text.slice(insert ? at : at + 1)}`;
        expect(compact(changed) !== undefined).toBe(isJson(changed));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['{"t":1700000000123456789}'],
    ['[1e400,-0,1.10,1E5,0.1e+2]'],
    ['{"b":1,"a":2,"2":3,"1":4}'],
    ['{"a":1,"a":2}'],
    ['{"__proto__":1}'],
    ['["\\ud800","\\u00e9\\/","é","\u2028"]'],
    ['"  \\"  "'],
  ])('leaves as it is: %s', (text) => expect(compact(text)).toBe(text));

  it('makes no copy where there is nothing to leave out', () => {
    const data = Buffer.from('\ufeff{"a":[1]}');
    expect(compactJson(data)?.buffer).toBe(data.buffer);
    expect(compact('\ufeff{"a": [1]}')).toBe('{"a":[1]}');
  });

  it.each([
    '',
    ' ',
    '\ufeff',
    '\ufeff\ufeff1',
    'NaN',
    'Infinity',
    "{'a':1}",
    '[1,]',
    '{"a":1,}',
    '1 2',
    '"a\nb"',
    '+1',
    'tru',
  ])('refuses %j', (text) => expect(compact(text)).toBeUndefined());

  it('reads any depth', () => {
    const deep = 1_000_000;
    const text = `${'[{"a":'.repeat(deep)}1${' }]'.repeat(deep)}`;
    expect(compact(text)).toHaveLength(text.length - deep);
    expect(compact('['.repeat(deep))).toBeUndefined();
    expect(compact(`${'['.repeat(deep)}${']'.repeat(deep - 1)}}`)).toBeUndefined();
  });
});
