import type { PushedItem } from './find-items.js';
import { sendItems } from './send-items.js';

async function* items(count: number, size = 1): AsyncGenerator<PushedItem> {
  for (let index = 0; index < count; index += 1) yield { data: new Uint8Array(size), file: String(index) };
}

describe('Sending items', () => {
  const { signal } = new AbortController();

  it('tells of all in order, with no more under way than the window', async () => {
    let underWay = 0;
    let most = 0;
    const stored: (string | undefined)[] = [];
    const send = async (): Promise<string> => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return 'id';
    };
    await sendItems(items(50), { send, window: 4, signal, onStored: (_id, { file }) => void stored.push(file) });
    expect(stored.map(Number)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(most).toBe(4);
  });

  it('ends with the failure of a push while the next item is awaited', async () => {
    async function* endless(): AsyncGenerator<PushedItem> {
      yield { data: new Uint8Array(1), file: undefined };
      await new Promise(() => undefined);
    }
    const send = (): Promise<string> => Promise.reject(new Error('refused'));
    await expect(sendItems(endless(), { send, signal, onStored: () => undefined })).rejects.toThrow('refused');
  });

  it('ends by its signal while the next item is awaited', async () => {
    async function* silent(): AsyncGenerator<PushedItem> {
      await new Promise(() => undefined);
      yield { data: new Uint8Array(1), file: undefined };
    }
    const ending = new AbortController();
    const { signal } = ending;
    const sending = sendItems(silent(), { send: async () => '', signal, onStored: () => undefined });
    ending.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });
});
