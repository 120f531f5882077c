import { OrderedReplies } from './ordered-replies.js';

describe('OrderedReplies', () => {
  it('sends replies in the order of their places, all at once that are due', () => {
    const sent: string[][] = [];
    const replies = new OrderedReplies<string>((due) => sent.push([...due]));
    const [first, second, third] = [replies.claim(), replies.claim(), replies.claim()];
    third('c');
    second('b');
    expect([sent, replies.size]).toEqual([[], 3]);
    first('a');
    expect([sent, replies.size]).toEqual([[['a', 'b', 'c']], 0]);
  });

  it('sends what needed no time behind what waits', () => {
    const sent: (string | undefined)[] = [];
    const replies = new OrderedReplies<string | undefined>((due) => sent.push(...due));
    replies.now('a');
    const later = replies.claim();
    replies.now('c');
    expect(sent).toEqual(['a']);
    later(undefined);
    expect(sent).toEqual(['a', undefined, 'c']);
  });
});
