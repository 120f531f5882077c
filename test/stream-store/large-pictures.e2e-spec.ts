import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import sharp from 'sharp';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';

/** Each takes about a second, and 200 MB. */
const LARGE = { create: { width: 7000, height: 7000, channels: 3, background: '#123' } } as const;
const COUNT = 4;

describe('stream-store#61: large pictures', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-pictures-'));
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: embeddedStore({ directory }) })]);
  });
  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('hold up neither those who push nor small pictures while they are converted', async () => {
    const store = running.app.get(StreamStore);
    const large = await sharp(LARGE).png().toBuffer();
    const small = await sharp({ create: { ...LARGE.create, width: 8, height: 8 } })
      .png()
      .toBuffer();
    await store.append(
      'large',
      Array.from({ length: COUNT }, () => large),
    );
    await store.append('small', [small]);
    const client = await SocketClient.open(
      `${running.wsUrl}/data/large/pull?last_entry_id=0&output=jpg&count=${COUNT}`,
    );
    const began = performance.now();
    /** The longest that something took, again and again until the large ones have come. */
    const longest = async (work: () => Promise<unknown>): Promise<number> => {
      let most = 0;
      while (client.frames.length < 2) {
        const before = performance.now();
        await work();
        most = Math.max(most, performance.now() - before);
      }
      return most;
    };
    const [appended, shown] = await Promise.all([
      longest(() => store.append('pushed', [Buffer.from('x')])),
      longest(async () => (await fetch(`${running.url}/data/small?output=jpg`)).arrayBuffer()),
    ]);
    const one = (performance.now() - began) / COUNT;
    // It would be the time of them all if they took all threads.
    expect(appended).toBeLessThan(1.5 * one);
    expect(shown).toBeLessThan(1.5 * one);
    await client.close();
  }, 120_000);
});
