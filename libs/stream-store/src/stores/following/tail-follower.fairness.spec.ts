import { Cursor } from './cursor.js';
import { StreamTail } from './tails.js';
import { TailFollower, Waker } from './tail-follower.js';

describe('TailFollower of several streams', () => {
  it('serves every stream although the first alone fills each batch', async () => {
    const cursors = ['a', 'b'].map((stream) => {
      const tail = new StreamTail({ lastId: '0-0', ended: false }, () => Infinity);
      tail.push(Array.from({ length: 6 }, (_, index) => ({ stream, id: `${index + 1}-0`, data: Buffer.alloc(10) })));
      return new Cursor(stream, tail, '0-0');
    });
    const nothing = () => ({ entries: [] });
    const follower = new TailFollower(cursors, nothing, { count: 100 }, new Waker(), () => undefined);
    const seen: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { entries } = await follower.take({ count: 100, maxBytes: 20 });
      seen.push(...entries.map(({ stream, id }) => `${stream}${id}`));
    }
    follower.close();
    expect(seen).toEqual(['a1-0', 'a2-0', 'b1-0', 'b2-0']);
  });
});
