import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { mountSmallDisk } from '../stream-store/support/small-disk.js';
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

  it('onto a full disk says how much it needs and changes nothing, however little is free, and repairs when there is room', async () => {
    const disk = mountSmallDisk('tmpfs');
    try {
      const data = join(disk.directory, 'streams');
      cpSync(directory, data, { recursive: true });
      truncateSync(join(data, 'streams.mdb'), 400_000);
      const files = readdirSync(data);
      const damaged = readFileSync(join(data, 'streams.mdb'));
      const room = join(disk.directory, 'room');
      for (const kib of [0, 4, 16, 64, 260, 300]) {
        disk.free();
        writeFileSync(room, Buffer.alloc(kib * 1024));
        disk.fill();
        rmSync(room);
        const { code, stderr } = await millrace.run(['repair', data], { ownProcess: true });
        expect([kib, code, stderr]).toEqual([
          ...[kib, 7],
          expect.stringMatching(
            /The disk of .* has no room for the repaired file: .* Nothing was changed; free the disk/,
          ),
        ]);
        expect(readdirSync(data)).toEqual(files);
        expect(readFileSync(join(data, 'streams.mdb')).equals(damaged)).toBe(true);
      }
      disk.free();
      expect(await millrace.run(['repair', data], { ownProcess: true })).toMatchObject({ code: 0 });
      const wide = readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o77) !== 0);
      expect(wide).toEqual([]);
    } finally {
      disk.dispose();
    }
  });

  it('ends with 7 where a store is open, or there is none', async () => {
    const store = await open();
    expect(await millrace.run(['repair', directory])).toMatchObject({ code: 7 });
    await store.close();
    expect(await millrace.run(['repair', join(directory, 'nowhere')])).toMatchObject({ code: 7 });
  });
});
