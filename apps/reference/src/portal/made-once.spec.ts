import { madeOnce } from './made-once.js';

describe('What is made once', () => {
  it('is the same for all who ask, also at the same time', async () => {
    let count = 0;
    const get = madeOnce(async () => (count += 1));
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(1);
  });

  it('is made anew after a failure', async () => {
    let count = 0;
    const get = madeOnce(async () => {
      count += 1;
      if (count === 1) throw new Error('no memory');
      return count;
    });
    const [first, second] = [get(), get()];
    await expect(first).rejects.toThrow('no memory');
    await expect(second).rejects.toThrow('no memory');
    expect(await get()).toBe(2);
  });
});
