import { Repetition } from './repetition.js';

describe('Repetition', () => {
  it('tells a number at or below the highest delivered one of its epoch', () => {
    const repetition = new Repetition();
    repetition.delivered('a:5');
    expect(['a:4', 'a:5', 'a:6', 'b:1'].map((id) => repetition.isRepeated(id))).toEqual([true, true, false, false]);
  });

  it('takes ids of other forms for new ones, and remembers few epochs', () => {
    const repetition = new Repetition();
    for (const id of ['x', '', 'a:', 'a:b']) {
      repetition.delivered(id);
      expect(repetition.isRepeated(id)).toBe(false);
    }
    for (let index = 0; index < 9; index += 1) repetition.delivered(`e${index}:1`);
    expect(repetition.isRepeated('e0:1')).toBe(false);
    expect(repetition.isRepeated('e8:1')).toBe(true);
  });
});
