import { FrameBuffer } from './frame-buffer.js';
import type { Frame } from './frame.js';
import { LeastLag } from './least-lag.js';
import { Meter } from './meter.js';

/** One stream of pictures, and the canvas on which they are drawn. */
export class PictureSource {
  readonly frames: FrameBuffer;
  readonly lag = new LeastLag();
  readonly meter = new Meter();
  canvas: HTMLCanvasElement | undefined;
  /** What is on the canvas. */
  shown: Frame | undefined;
  /** Milliseconds from the time of its ID until it was drawn, by the clocks as they are. */
  delay = 0;
  /** Entries that are not pictures, and why the last one was none. */
  unreadable = 0;
  reason = '';
  /** Entries that the server passed over, since a newer one was there; and whether there were more, too many to be counted. */
  skipped = 0;
  isSkippedMore = false;
  private isDrawing = false;

  constructor(
    readonly stream: string,
    mostBytes: () => number,
  ) {
    this.frames = new FrameBuffer(mostBytes);
  }

  /** Takes a frame that has just come. */
  take(frame: Frame): void {
    this.lag.add(Date.now() - frame.time);
    this.frames.add(frame);
  }

  refuse(reason: string): void {
    this.unreadable += 1;
    this.reason = reason;
  }

  skip(entries: number | null): void {
    if (entries === null) this.isSkippedMore = true;
    else this.skipped += entries;
  }

  /** Draws the newest frame that is not later than a time, unless it is there already or another one is being drawn. */
  drawUntil(time: number): void {
    const frame = this.frames.until(time);
    if (!frame || frame === this.shown || this.isDrawing || !this.canvas) return;
    this.isDrawing = true;
    void this.draw(frame, this.canvas).finally(() => (this.isDrawing = false));
  }

  private async draw(frame: Frame, canvas: HTMLCanvasElement): Promise<void> {
    let bitmap: ImageBitmap | undefined;
    try {
      bitmap = await createImageBitmap(new Blob([frame.bytes as Uint8Array<ArrayBuffer>]));
      // A canvas of another size is empty until it is drawn on, so its size is set only where it changes.
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      this.shown = frame;
      this.meter.count();
      this.delay = Date.now() - frame.time;
    } catch {
      // Damaged within: the one before stays.
      this.frames.remove(frame);
      this.unreadable += 1;
      this.reason = 'The browser cannot draw it';
    } finally {
      bitmap?.close();
    }
  }
}
