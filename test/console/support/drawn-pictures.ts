import type { Page } from 'playwright-core';
import { waitFor } from '../../support/waiting.js';

/** What a page has drawn on its canvases, counted by {@link watchDrawing}. */
interface Drawing {
  /** When, in milliseconds by the clock of the page. */
  readonly drawn: number[];
  /** Bitmaps that were made and not closed. */
  open: number;
}

interface BrowserScope extends Drawing {
  CanvasRenderingContext2D: { prototype: Record<'drawImage', (this: unknown, ...all: unknown[]) => void> };
  ImageBitmap: { prototype: Record<'close', (this: unknown) => void> };
  createImageBitmap: (this: void, ...all: unknown[]) => Promise<unknown>;
}

/** Counts what is drawn on canvases, and which bitmaps are left open, from the next load of the page on. */
export async function watchDrawing(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = globalThis as unknown as BrowserScope;
    Object.assign(scope, { drawn: [], open: 0 });
    const { drawImage } = scope.CanvasRenderingContext2D.prototype;
    scope.CanvasRenderingContext2D.prototype.drawImage = function (...all) {
      scope.drawn.push(performance.now());
      drawImage.apply(this, all);
    };
    const { close } = scope.ImageBitmap.prototype;
    scope.ImageBitmap.prototype.close = function () {
      scope.open -= 1;
      close.call(this);
    };
    const { createImageBitmap } = scope;
    scope.createImageBitmap = async (...all) => {
      const bitmap = await createImageBitmap(...all);
      scope.open += 1;
      return bitmap;
    };
  });
}

/** How a page draws, of what it draws in the next milliseconds: frames a second, and the longest time without one. */
export async function measureDrawing(page: Page, during: number): Promise<{ rate: number; gap: number; open: number }> {
  const look = (): Promise<Drawing & { now: number }> =>
    page.evaluate(() => {
      const { drawn, open } = globalThis as unknown as BrowserScope;
      return { drawn, open, now: performance.now() };
    });
  await waitFor('a picture that is drawn', async () => (await look()).drawn.length > 0);
  const from = (await look()).now;
  const end = await waitFor(
    'the end of what is measured',
    async () => {
      const found = await look();
      return found.now - from >= during ? found : undefined;
    },
    { pause: 250 },
  );
  const times = end.drawn.filter((time) => time >= from);
  const gaps = [from, ...times].map((time, index) => (times[index] ?? end.now) - time);
  return { rate: times.length / ((end.now - from) / 1000), gap: Math.max(...gaps), open: end.open };
}
