import * as fc from 'fast-check';
import { MessageSource } from './message-source.js';

describe('MessageSource', () => {
  it('reads the digits of an id, wherever it stands', () => {
    const source = new MessageSource('{"params":{"id":1,"a":["{\\"id\\":2}"]}, "\\u0069d" : 12345678901234567890 }');
    expect(source.id(-1)).toBe(12345678901234567890n);
  });

  it('takes the last of duplicate members, as JSON.parse does', () => {
    expect(new MessageSource('{"id":1,"id":[],"id":9007199254740993}').id(-1)).toBe(9007199254740993n);
  });

  it('finds the entries of a batch', () => {
    const source = new MessageSource(' [ 1 , {"id":1} , [{"id":2}] , {"a":"]","id":9007199254740995} ] ');
    expect([source.id(0), source.id(1), source.id(3)]).toEqual([undefined, 1, 9007199254740995n]);
  });

  it('finds params.id', () => {
    const source = new MessageSource('{"id":1,"params":{"x":{"id":3},"id":-9007199254740993}}');
    expect(source.paramsId(-1)).toBe(-9007199254740993n);
  });

  it('finds the id in any JSON object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.bigInt(), fc.nat(3), (members, id, space) => {
        const { id: _id, ...rest } = members;
        const text = JSON.stringify({ ...rest, 'id-place': 0 }, null, space).replace(
          /"id-place":( ?)0/,
          `"id":$1${id}`,
        );
        const found = new MessageSource(text).id(-1);
        expect(BigInt(found ?? 0)).toBe(id);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
