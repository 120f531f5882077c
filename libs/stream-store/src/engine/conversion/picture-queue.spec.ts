import { PictureQueue } from './picture-queue.js';

const [LARGE, SMALL] = [64_000_000, 1000];

/** Begins work that ends when it is told to, and answers which has begun. */
function beginAll(queue: PictureQueue, sizes: readonly number[]) {
  const begun: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const outcomes = sizes.map((pixels, place) =>
    queue
      .run(pixels, async () => {
        begun.push(place);
        await new Promise<void>((resolve, reject) => {
          ends[place] = (error) => (error ? reject(error) : resolve());
        });
        return place;
      })
      .catch((error: Error) => error.message),
  );
  return { begun, ends, outcomes };
}

describe('The queue of pictures', () => {
  it('works on one large picture and two small ones at a time, in the order of the calls', async () => {
    const { begun, ends, outcomes } = beginAll(new PictureQueue(), [LARGE, SMALL, LARGE, SMALL, SMALL, LARGE, SMALL]);
    expect(begun).toEqual([0, 1, 3]);
    ends[0]?.();
    await expect(outcomes[0]).resolves.toBe(0);
    expect(begun).toEqual([0, 1, 3, 2]);
    ends[3]?.();
    await expect(outcomes[3]).resolves.toBe(3);
    expect(begun).toEqual([0, 1, 3, 2, 4]);
  });

  it('goes on behind one that fails', async () => {
    const { begun, ends, outcomes } = beginAll(new PictureQueue(), [LARGE, LARGE, LARGE]);
    for (const place of [0, 1, 2]) {
      ends[place]?.(new Error('not a picture'));
      await expect(outcomes[place]).resolves.toBe('not a picture');
    }
    expect(begun).toEqual([0, 1, 2]);
  });
});
