import { setImmediate as nextTurn } from 'node:timers/promises';
import { RpcMethod, RpcReply, type RpcTask, Task } from '@millrace/rpc';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

/** A part of the Mandelbrot set. */
const VIEW = z.object({
  width: z.int().min(16).max(2048).default(640).describe('Pixels'),
  height: z.int().min(16).max(2048).default(360).describe('Pixels'),
  x: z.number().min(-3).max(3).default(-0.6).describe('Middle of the picture'),
  y: z.number().min(-3).max(3).default(0).describe('Middle of the picture'),
  zoom: z.number().min(0.1).max(1e12).default(1).describe('1 shows the whole set'),
  iterations: z.int().min(10).max(20_000).default(400).describe('More is finer, and slower'),
});
type View = z.output<typeof VIEW>;

const CHANNELS = 3;
/** Width of the plane that zoom 1 shows. */
const PLANE = 3.5;

/** Draws one row as RGB. */
function drawRow(view: View, row: number): Uint8Array {
  const { width, height, x, y, zoom, iterations } = view;
  const pixels = new Uint8Array(width * CHANNELS);
  const step = PLANE / zoom / width;
  const imaginary = y + (row - height / 2) * step;
  for (let column = 0; column < width; column += 1) {
    const escaped = escapeTime(x + (column - width / 2) * step, imaginary, iterations);
    pixels.set(colour(escaped, iterations), column * CHANNELS);
  }
  return pixels;
}

function escapeTime(re: number, im: number, iterations: number): number {
  let [a, b, count] = [0, 0, 0];
  for (; count < iterations && a * a + b * b < 4; count += 1) [a, b] = [a * a - b * b + re, 2 * a * b + im];
  return count;
}

function colour(escaped: number, iterations: number): [number, number, number] {
  if (escaped === iterations) return [16, 34, 47];
  const share = Math.sqrt(escaped / iterations);
  return [28 + 220 * share, 93 + 120 * share, 138 + 60 * share];
}

const RESULT = z.object({
  format: z.literal('image/png'),
  width: z.int(),
  height: z.int(),
  color_buffer: z
    .object({ offset: z.int(), size: z.int() })
    .describe('Where the picture lies in the binary payload of the reply'),
});

/** Rows drawn before the other work of the process gets its turn. */
const ROWS_A_TURN = 4;

/** Real work that takes its time: it reports progress, can be cancelled, and answers with a picture. */
@Injectable()
export class RenderMethods {
  @RpcMethod('render', {
    title: 'Render a picture',
    description: 'Draws a part of the Mandelbrot set; the reply carries a PNG as its binary payload.',
    params: VIEW,
    result: RESULT,
    async: true,
    // A picture takes some ten megabytes while it is drawn.
    maxRunning: 2,
    maxWaiting: 100,
    timeout: '2m',
    tags: ['demonstration'],
  })
  async render(view: View, @Task() task: RpcTask): Promise<RpcReply<z.output<typeof RESULT>>> {
    const { width, height } = view;
    const rows: Uint8Array[] = [];
    while (rows.length < height) {
      for (let count = 0; count < ROWS_A_TURN && rows.length < height; count += 1)
        rows.push(drawRow(view, rows.length));
      task.progress('Rendering', rows.length / height);
      await nextTurn();
      task.signal.throwIfAborted();
    }
    const raw = { width, height, channels: 3 as const };
    // Loaded with the first picture.
    const { default: sharp } = await import('sharp');
    const png = await sharp(Buffer.concat(rows), { raw }).png().toBuffer();
    return new RpcReply({ format: 'image/png', width, height, color_buffer: { offset: 0, size: png.length } }, png);
  }
}
