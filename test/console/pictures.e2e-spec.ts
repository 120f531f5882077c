import { readFile } from 'node:fs/promises';
import { StreamStore } from '@millrace/stream-store';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { measureDrawing, watchDrawing } from './support/drawn-pictures.js';
import { startCamera, testPictures } from './support/test-camera.js';

/** One colour all over, so that a page can be asked which picture it shows. */
function plain(colour: string, format: 'jpeg' | 'tiff' = 'jpeg'): Promise<Buffer> {
  return sharp({ create: { width: 16, height: 16, channels: 3, background: colour } })
    .toFormat(format)
    .toBuffer();
}

/** The colour that the canvas of a stream shows: the greatest of red, green and blue. */
function colourOf(page: Page, stream: string): Promise<string> {
  return page.getByRole('img', { name: `icture of ${stream}` }).evaluate((element) => {
    const canvas = element as unknown as {
      getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: number[] } };
    };
    const [red = 0, green = 0, blue = 0, opacity] = canvas.getContext('2d').getImageData(8, 8, 1, 1).data;
    if (opacity === 0) return 'none';
    return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue';
  });
}

async function waitForColour(page: Page, stream: string, colour: string): Promise<void> {
  await waitFor(`${colour} in ${stream}`, async () => (await colourOf(page, stream)) === colour);
}

describe.each(HTTP_ADAPTERS)('The pictures in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let store: StreamStore;
  let red: Buffer;
  let green: Buffer;
  let blue: Buffer;
  beforeAll(async () => {
    running = await startConsole(adapter);
    store = running.app.get(StreamStore);
    [red, green, blue] = await Promise.all([plain('#f00'), plain('#0f0'), plain('#00f')]);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('shows the newest picture of a stream and those that come, and gives one away as it was pushed', async () => {
    await store.append('camera', [red, green]);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/streams/camera/picture');
    await waitForColour(page, 'camera', 'green');
    const [id] = await store.append('camera', [blue]);
    await waitForColour(page, 'camera', 'blue');
    await store.append('camera', [blue.subarray(0, 40)]);
    await page.getByText('Not pictures').waitFor();
    await page.getByText('16 × 16').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'The frame before' }).click();
    await waitForColour(page, 'camera', 'green');
    await page.getByRole('slider', { name: 'Time' }).press('End');
    await waitForColour(page, 'camera', 'blue');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the picture of camera' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`camera-${id}.jpg`);
    expect(blue.equals(await readFile(await file.path()))).toBe(true);
    await page.getByRole('button', { name: 'Link to the picture of camera' }).click();
    const address = await page.getByRole('group', { name: 'Address' }).textContent();
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Go on' }).click();
    await store.append('camera', [red]);
    await waitForColour(page, 'camera', 'red');
    await page.goto('about:blank');
    await page.goto(address!);
    await waitForColour(page, 'camera', 'blue');
    await page.getByRole('button', { name: 'Go on' }).click();
    await waitForColour(page, 'camera', 'red');
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('shows several streams at one time, also back in time, and says which have no pictures', async () => {
    const now = Date.now();
    const at = (stream: string, data: Buffer, ago: number) => ({ stream, data, id: `${now - ago}-0` });
    await store.append('words', [Buffer.from('{"no":"picture"}')]);
    await store.append('film', [await plain('#0f0', 'tiff')]);
    const address = `${running.console}#/pictures?streams=left,right,film,words,none&delay=100`;
    const { page, close } = await openConsole(browser, address, 'reader', { viewport: { width: 390, height: 844 } });
    await waitForColour(page, 'film', 'green');
    await page.getByText('Converted').waitFor();
    await page.getByText('The entries of this stream are not pictures').waitFor();
    await page.getByText('There is no such stream yet').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);

    for (const [left, right, ago] of [
      [red, green, 3000],
      [green, blue, 2000],
      [blue, red, 1000],
    ] as const) {
      await store.appendAll([at('left', left, ago), at('right', right, ago - 10)]);
      const shown = left === red ? 'red' : left === green ? 'green' : 'blue';
      await waitForColour(page, 'left', shown);
      await waitForColour(page, 'right', right === red ? 'red' : right === green ? 'green' : 'blue');
    }
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Take film away' }).click();
    const slider = page.getByRole('slider', { name: 'Time' });
    await slider.press('Home');
    await waitForColour(page, 'left', 'red');
    for (let step = 0; step < 3; step += 1) await slider.press('ArrowRight');
    await waitForColour(page, 'right', 'blue');
    await waitForColour(page, 'left', 'green');
    await close();
  });

  it('draws what a camera gives as it comes, and leaves no bitmap open', async () => {
    const camera = startCamera(store, 'film camera', await testPictures(25), 25);
    const { page, close } = await openConsole(browser, `${running.console}#/streams/film%20camera/picture`);
    await watchDrawing(page);
    await page.reload();
    const { rate, gap, open } = await measureDrawing(page, 5000);
    // On a machine of its own 25 and 60; what a machine that many share can promise as well is this.
    expect(rate).toBeGreaterThan(10);
    expect(gap).toBeLessThan(2000);
    expect(open).toBeLessThanOrEqual(1);
    await close();
    await camera.end();
  });
});
