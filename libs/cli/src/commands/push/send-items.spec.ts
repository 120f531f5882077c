import type { PushedItem } from './find-items.js';
import { sendItems, type StoredItem } from './send-items.js';

async function* items(count: number, size = 1): AsyncGenerator<PushedItem> {
  for (let index = 0; index < count; index += 1) yield { data: new Uint8Array(size), file: String(index) };
}

describe('Sending items', () => {
  const { signal } = new AbortController();

  it('tells of all in order, with no more under way than the window', async () => {
    let underWay = 0;
    let most = 0;
    const stored: StoredItem[] = [];
    const send = async (): Promise<string> => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return 'id';
    };
    await sendItems(items(50), { send }, { window: 4, signal, onStored: (item) => void stored.push(item) });
    expect(stored.map(({ file }) => Number(file))).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(most).toBe(4);
  });

  it('ends with the failure of a push while the next item is awaited', async () => {
    async function* endless(): AsyncGenerator<PushedItem> {
      yield { data: new Uint8Array(1), file: undefined };
      await new Promise(() => undefined);
    }
    const send = (): Promise<string> => Promise.reject(new Error('refused'));
    await expect(
      sendItems(endless(), { send }, { window: undefined, signal, onStored: () => undefined }),
    ).rejects.toThrow('refused');
  });

  it('ends by its signal while the next item is awaited', async () => {
    async function* silent(): AsyncGenerator<PushedItem> {
      await new Promise(() => undefined);
      yield { data: new Uint8Array(1), file: undefined };
    }
    const ending = new AbortController();
    const sending = sendItems(
      silent(),
      { send: async () => '' },
      { window: undefined, signal: ending.signal, onStored: () => undefined },
    );
    ending.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });
});
