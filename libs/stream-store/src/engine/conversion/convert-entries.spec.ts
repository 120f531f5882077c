import { setTimeout } from 'node:timers/promises';
import { MillraceError } from '@millrace/core/errors';
import type { StoredEntry } from '../../api/stream-store.js';
import { convertEntries } from './convert-entries.js';

const entries = Array.from({ length: 40 }, (_, at): StoredEntry => ({
  stream: 's',
  id: `${at}-0`,
  data: Buffer.of(at),
}));

describe('Entries that are converted', () => {
  it('come in order, a few at once, and none before it is wanted', async () => {
    let [running, most, begun] = [0, 0, 0];
    const conversion = async (data: Buffer): Promise<Buffer> => {
      begun += 1;
      most = Math.max(most, (running += 1));
      await setTimeout(Number(data[0]) % 3);
      running -= 1;
      return Buffer.concat([data, data]);
    };
    const ids: (string | undefined)[] = [];
    for await (const { entry } of convertEntries(entries, conversion)) {
      ids.push(entry?.id);
      expect(entry?.data).toHaveLength(2);
      expect(begun).toBeLessThanOrEqual(ids.length + 4);
    }
    expect(ids).toEqual(entries.map(({ id }) => id));
    expect(most).toBe(4);
  });

  it('are not blamed for what is not their fault', async () => {
    const conversion = async (): Promise<Buffer> => {
      throw new MillraceError('UNAVAILABLE', 'A package is missing');
    };
    await expect(convertEntries(entries, conversion).next()).rejects.toThrow('A package is missing');
  });
});
