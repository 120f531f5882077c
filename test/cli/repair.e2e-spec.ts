import { truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { Millrace } from './support/millrace.js';

describe('millrace repair', () => {
  const millrace = new Millrace();
  let directory: string;
  const open = () => embeddedStore({ directory }).create(storeContext());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-repair-'));
    const store = await open();
    for (let count = 0; count < 200; count += 1) await store.append('camera', [Buffer.alloc(1000, count)]);
    await store.close();
  });
  afterEach(() => rm(directory, { recursive: true }));
  afterAll(() => millrace.remove());

  it('says of a whole directory that it is', async () => {
    const { code, stdout } = await millrace.run(['repair', directory]);
    expect([code, stdout.toString()]).toEqual([0, expect.stringContaining('is not damaged')]);
  });

  it('reports damage with --check and ends with 7, and repairs without', async () => {
    truncateSync(join(directory, 'streams.mdb'), 120_000);
    const checked = await millrace.run(['repair', directory, '--check']);
    expect(checked.code).toBe(7);
    expect(checked.stdout.toString()).toMatch(/has been cut/);
    await expect((async () => open())()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const repaired = await millrace.run(['repair', directory, '--json']);
    expect(repaired.code).toBe(0);
    const report = JSON.parse(repaired.stdout.toString()) as { streams: { stream: string; entries: number }[] };
    const store = await open();
    let served = 0;
    for (let after = '0-0'; ;) {
      const { entries } = await store.readAfter('camera', after, { count: 1000 });
      served += entries.length;
      after = entries.at(-1)?.id ?? '';
      if (!after) break;
    }
    expect(served).toBeGreaterThan(0);
    expect(report.streams).toMatchObject([{ stream: 'camera', entries: served }]);
    await store.close();
  });

  it('ends with 7 where a store is open, or there is none', async () => {
    const store = await open();
    expect(await millrace.run(['repair', directory])).toMatchObject({ code: 7 });
    await store.close();
    expect(await millrace.run(['repair', join(directory, 'nowhere')])).toMatchObject({ code: 7 });
  });
});
