import { DeliveredIds } from './delivered-ids.js';

describe('DeliveredIds', () => {
  it('tells a number at or below the highest delivered one of its epoch', () => {
    const deliveredIds = new DeliveredIds();
    deliveredIds.delivered('a:5');
    expect(['a:4', 'a:5', 'a:6', 'b:1'].map((id) => deliveredIds.isRepeated(id))).toEqual([true, true, false, false]);
  });

  it('takes ids of other forms for new ones, and remembers few epochs', () => {
    const deliveredIds = new DeliveredIds();
    for (const id of ['x', '', 'a:', 'a:b']) {
      deliveredIds.delivered(id);
      expect(deliveredIds.isRepeated(id)).toBe(false);
    }
    for (let index = 0; index < 9; index += 1) deliveredIds.delivered(`e${index}:1`);
    expect(deliveredIds.isRepeated('e0:1')).toBe(false);
    expect(deliveredIds.isRepeated('e8:1')).toBe(true);
  });
});
