/** A part of the Mandelbrot set. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Middle of the picture. */
  readonly x: number;
  readonly y: number;
  /** 1 shows the whole set. */
  readonly zoom: number;
  readonly iterations: number;
}

const CHANNELS = 3;
/** Width of the plane that zoom 1 shows. */
const PLANE = 3.5;

/** Draws one row as RGB. */
export function drawRow(view: View, row: number): Uint8Array {
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
