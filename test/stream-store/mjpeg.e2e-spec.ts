import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';

const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .jpeg()
    .toBuffer();

/** Which of red, green and blue a screenshot shows in its middle; `.` for black and white. */
async function colourOf(screenshot: Buffer): Promise<string> {
  const { data, info } = await sharp(screenshot).raw().toBuffer({ resolveWithObject: true });
  const at = ((info.height >> 1) * info.width + (info.width >> 1)) * info.channels;
  const values = [...data.subarray(at, at + 3)];
  return Math.max(...values) - Math.min(...values) < 100 ? '.' : ('rgb'[values.indexOf(Math.max(...values))] ?? '.');
}

describe.each(HTTP_ADAPTERS)('stream-store#62: MJPEG on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  /** Pictures of a stream as they come, byte for byte in the form of the protocol. */
  async function open(path: string): Promise<{ parts: Buffer[]; close: () => void }> {
    const request = get(`${running.url}/mjpeg/${path}`, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    let body = Buffer.alloc(0);
    response.on('data', (chunk: Buffer) => {
      body = Buffer.concat([body, chunk]);
      for (;;) {
        const head = /^--frame\r\nContent-Type: image\/jpeg\r\nContent-Length: (\d+)\r\n\r\n/.exec(
          body.toString('latin1'),
        );
        const end = (head?.[0].length ?? 0) + Number(head?.[1]);
        if (!head || body.length < end + 2) break;
        parts.push(body.subarray(head[0].length, end));
        body = body.subarray(end + 2);
      }
    });
    response.on('error', () => undefined);
    return { parts, close: () => void request.destroy() };
  }

  it('sends the last picture again soon, and no black one between two real ones', async () => {
    const [red, blue] = [await picture('#f00'), await picture('#00f')];
    const { parts, close } = await open('slow');
    await waitFor('the black picture', () => parts.length > 0);
    await store.append('slow', [red]);
    await waitFor('its repeat', () => parts.filter((part) => part.equals(red)).length > 1);
    await waitFor('the next repeat, without news', () => parts.filter((part) => part.equals(red)).length > 2);
    await store.append('slow', [Buffer.from('no picture'), blue]);
    await waitFor('the second picture', () => parts.filter((part) => part.equals(blue)).length > 1);
    const kinds = parts.map((part) => (part.equals(red) ? 'r' : part.equals(blue) ? 'b' : '.')).join('');
    expect(kinds).toMatch(/^\.+r+b+$/);
    close();
  });

  it('sends it again although other entries come all the time', async () => {
    const red = await picture('#f00');
    const { parts, close } = await open('busy');
    await waitFor('the black picture', () => parts.length > 0);
    await store.append('busy', [red]);
    await waitFor('its repeat', async () => {
      await store.append('busy', [Buffer.from('no picture')]);
      return parts.filter((part) => part.equals(red)).length > 1;
    });
    close();
  });

  it('repeats nothing while pictures come fast', async () => {
    const pictures = await Promise.all(Array.from({ length: 30 }, (_, at) => picture(`rgb(${at * 8},0,0)`)));
    await store.append('fast', pictures);
    const from = performance.now();
    const { parts, close } = await open('fast?last_entry_id=0');
    const isThere = (picture: Buffer | undefined): boolean => parts.some((part) => picture?.equals(part));
    await waitFor('all of them', () => isThere(pictures.at(-1)));
    const took = performance.now() - from;
    const [, ...shown] = parts;
    const repeats = shown.filter((part, at) => shown[at - 1]?.equals(part)).length;
    expect(shown.filter((part, at) => !shown[at - 1]?.equals(part))).toEqual(pictures);
    // One is due after 100 ms without a picture, and such a pause only a busy machine makes here.
    expect(repeats).toBeLessThanOrEqual(took / 100);
    close();
  });

  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => (browser = await startBrowser()));
    afterAll(() => browser.close());

    it('shows a picture without waiting for another one', async () => {
      // Those of the tests before may go late, and would be taken for the viewer.
      await waitFor('the viewers before to be gone', () => store.followerLag()?.followers === 0);
      const page = await browser.newPage();
      await page.setContent(`<img src="${running.url}/mjpeg/seen" width="300" height="300">`, { waitUntil: 'commit' });
      await waitFor('the viewer', () => store.followerLag()?.followers === 1);
      const box = { x: 10, y: 10, width: 200, height: 200 };
      for (const [background, colour] of [
        ['#f00', 'r'],
        ['#00f', 'b'],
        ['#0f0', 'g'],
      ] as const) {
        await store.append('seen', [await picture(background)]);
        await waitFor('it to be seen', async () => (await colourOf(await page.screenshot({ clip: box }))) === colour);
      }
      await page.close();
    });
  });
});
