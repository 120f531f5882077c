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
/** What waits for a large picture is done once until it has come, or not at all. */
const FEW = 3;
const ROUNDS = 10;

jest.setTimeout(600_000);

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
    await store.append('large', [large]);
    await store.append('small', [small]);
    const work = [
      () => store.append('pushed', [Buffer.from('x')]),
      async () => (await fetch(`${running.url}/data/small?output=jpg`)).arrayBuffer(),
    ];
    /** How often each kind of work was done before the first large picture had come, then before the second, and so on. */
    const doneMeanwhile = async (): Promise<number[]> => {
      const open = () => SocketClient.open(`${running.wsUrl}/data/large/pull?last_entry_id=0&output=jpg`);
      const clients = await Promise.all(Array.from({ length: COUNT }, open));
      const come = (): number => clients.filter(({ frames }) => frames.length > 1).length;
      const timesDone = async (once: () => Promise<unknown>): Promise<number[]> => {
        const times = Array<number>(COUNT).fill(0);
        for (let before = 0; before < COUNT;) {
          await once();
          const now = come();
          if (now === before) times[now] = (times[now] ?? 0) + 1;
          before = now;
        }
        return times;
      };
      const times = await Promise.all(work.map(timesDone));
      await Promise.all(clients.map((client) => client.close()));
      return times.flat();
    };
    // Counted, since on a busy machine anything may take as long as a large picture. And tried again, since this process
    // may stand still while one is converted.
    let least = 0;
    for (let round = 0; round < ROUNDS && least < FEW; round += 1) {
      least = Math.min(...(await doneMeanwhile()));
    }
    expect(least).toBeGreaterThanOrEqual(FEW);
  });
});
