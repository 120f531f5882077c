import { Floors } from './floors.js';

const id = (ms: number, seq = 0): { ms: bigint; seq: bigint } => ({ ms: BigInt(ms), seq: BigInt(seq) });
const GREATEST = 2n ** 64n - 1n;

describe('Floors of deleted streams', () => {
  it('are the ID behind the last one', () => {
    const floors = new Floors(10);
    floors.keep('s', id(5, 7));
    expect(floors.get('s')).toEqual(id(5, 8));
    floors.drop('s');
    expect(floors.get('s')).toBeUndefined();
  });

  it('are not kept where no ID would be left', () => {
    const floors = new Floors(10);
    floors.keep('s', id(5));
    floors.keep('s', { ms: GREATEST, seq: GREATEST - 1n });
    expect(floors.get('s')).toBeUndefined();
  });

  it('are bounded: the oldest go first, also out of the storage', () => {
    const stored = new Map<string, unknown>();
    const floors = new Floors(2, {
      put: (stream, floor) => void stored.set(stream, floor),
      remove: (stream) => void stored.delete(stream),
    });
    floors.load('a', id(1));
    stored.set('a', id(1));
    floors.keep('b', id(2));
    floors.keep('a', id(3));
    floors.keep('c', id(4));
    expect([...stored.keys()].sort()).toEqual(['a', 'c']);
    expect(floors.get('b')).toBeUndefined();
  });
});
