import { compareIds } from '@millrace/protocol';
import { placeOf } from '../../../parts/formats/place-of.js';
import type { Frame } from './frame.js';

/** Frames of one stream that are kept to go back to. */
export const MOST_FRAMES = 500;

/** The newest frames of a stream, oldest first, within bounds of number and bytes. */
export class FrameBuffer {
  private readonly frames: Frame[] = [];
  private held = 0;

  /** @param mostBytes of all frames together; the newest one is kept at any rate */
  constructor(private readonly mostBytes: () => number) {}

  add(frame: Frame): void {
    const last = this.newest;
    const order = last ? compareIds(frame.id, last.id) : 1;
    if (order === 0) return;
    // A stream that was deleted may begin anew with earlier IDs.
    if (order < 0) this.clear();
    this.frames.push(frame);
    this.held += frame.bytes.length;
    while (this.frames.length > 1 && (this.frames.length > MOST_FRAMES || this.held > this.mostBytes()))
      this.held -= this.frames.shift()!.bytes.length;
  }

  remove(frame: Frame): void {
    const place = this.frames.indexOf(frame);
    if (place < 0) return;
    this.frames.splice(place, 1);
    this.held -= frame.bytes.length;
  }

  clear(): void {
    this.frames.length = 0;
    this.held = 0;
  }

  get newest(): Frame | undefined {
    return this.frames.at(-1);
  }

  /** The newest frame that is not later than a time. */
  until(time: number): Frame | undefined {
    return time === Infinity ? this.newest : this.frames[placeOf(this.times, time + 1) - 1];
  }

  /** The times of all frames. */
  get times(): readonly number[] {
    return this.frames.map((frame) => frame.time);
  }
}
