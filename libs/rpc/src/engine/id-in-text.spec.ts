import * as fc from 'fast-check';
import { idInText } from './id-in-text.js';

describe('idInText', () => {
  it('reads the digits of an id, wherever it stands', () => {
    const text = '{"params":{"id":1,"a":["{\\"id\\":2}"]}, "\\u0069d" : 12345678901234567890 }';
    expect(idInText(text, -1, 'id')).toBe(12345678901234567890n);
  });

  it('takes the last of duplicate members, as JSON.parse does', () => {
    expect(idInText('{"id":1,"id":[],"id":9007199254740993}', -1, 'id')).toBe(9007199254740993n);
  });

  it('finds the entries of a batch', () => {
    const text = ' [ 1 , {"id":1} , [{"id":2}] , {"a":"]","id":9007199254740995} ] ';
    expect([0, 1, 3].map((entry) => idInText(text, entry, 'id'))).toEqual([undefined, 1, 9007199254740995n]);
  });

  it('finds params.id', () => {
    const text = '{"id":1,"params":{"x":{"id":3},"id":-9007199254740993}}';
    expect(idInText(text, -1, 'params', 'id')).toBe(-9007199254740993n);
  });

  it('finds the id in any JSON object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.bigInt(), fc.nat(3), (members, id, space) => {
        const { id: _id, ...rest } = members;
        const text = JSON.stringify({ ...rest, 'id-place': 0 }, null, space).replace(
          /"id-place":( ?)0/,
          `"id":$1${id}`,
        );
        const found = idInText(text, -1, 'id');
        expect(BigInt(found ?? 0)).toBe(id);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
