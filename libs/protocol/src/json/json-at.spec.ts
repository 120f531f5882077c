import fc from 'fast-check';
import { jsonAt } from './json-at.js';

describe('jsonAt', () => {
  it('gives the text of a value as it stands', () => {
    const text = ' {"a": [1, {"b" : 1e400 }, "]", [ -0 ]], "a\\u0062": {"c": "\\ud800"} } ';
    expect(jsonAt(text, ['a', 1, 'b'])).toBe('1e400');
    expect(jsonAt(text, ['a', 3])).toBe('[ -0 ]');
    expect(jsonAt(text, ['ab', 'c'])).toBe('"\\ud800"');
    expect(jsonAt(text, [])).toBe(text.trim());
  });

  it('gives nothing for a value that is not there', () => {
    for (const path of [['b'], ['a', 2], ['a', 'b'], [0], ['a', 0, 'c']])
      expect(jsonAt('{"a":[1,2]}', path)).toBeUndefined();
    expect(jsonAt('[]', [0])).toBeUndefined();
    expect(jsonAt('1', ['a'])).toBeUndefined();
  });

  it('finds every member of every object and list', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(fc.jsonValue())), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        for (const [key, list] of Object.entries(value))
          for (const [place, item] of list.entries())
            expect(JSON.parse(jsonAt(text, [key, place]) ?? '')).toEqual(JSON.parse(JSON.stringify(item)));
      }),
      { numRuns: 300 },
    );
  });
});
