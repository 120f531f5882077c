import { setTimeout as pause } from 'node:timers/promises';
import type { StreamStore } from '@millrace/stream-store';
import sharp from 'sharp';

/** Pictures that differ, as a camera gives them, again and again. */
export async function testPictures(count: number, width = 640, height = 360): Promise<Buffer[]> {
  const draw = (index: number): Promise<Buffer> => {
    const x = Math.round((index / count) * width);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="100%" height="100%" fill="#123"/><circle cx="${x}" cy="${height / 2}" r="60" fill="#fa0"/></svg>`;
    return sharp(Buffer.from(drawing)).jpeg({ quality: 85 }).toBuffer();
  };
  return Promise.all(Array.from({ length: count }, (_, index) => draw(index)));
}

/** Appends pictures at a rate until it is ended; a time that was missed is made up for. */
export function startCamera(
  store: StreamStore,
  stream: string,
  pictures: readonly Buffer[],
  perSecond: number,
): { readonly end: () => Promise<number> } {
  const ended = new AbortController();
  let appended = 0;
  const run = async (): Promise<void> => {
    const began = performance.now();
    while (!ended.signal.aborted) {
      await store.append(stream, [pictures[appended % pictures.length]!]);
      appended += 1;
      await pause(Math.max(0, began + (appended * 1000) / perSecond - performance.now()));
    }
  };
  const running = run();
  return {
    end: async () => {
      ended.abort();
      await running;
      return appended;
    },
  };
}
