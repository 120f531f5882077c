import type { EndNotice } from '@millrace/protocol';
import type { StreamFollower } from '../api/stream-store.js';

/** The ends of streams that a reader has been told. One that was deleted since, and has ended again, is told again. */
export class ToldEnds {
  /** The last IDs of streams that were told, by their places. */
  private readonly told = new Map<number, string>();

  constructor(
    private readonly follower: StreamFollower,
    private readonly streams: readonly string[],
  ) {}

  /** Whether one has ended that the reader does not know. */
  get isDue(): boolean {
    return this.due().length > 0;
  }

  /** Whether all have ended: there is nothing to wait for. */
  get isLast(): boolean {
    return this.follower.ended.length === this.streams.length;
  }

  /** Those to be told now, in the order of the request. */
  take(): EndNotice[] {
    return this.due().map(([place, end]) => {
      this.told.set(place, end.last);
      return { end };
    });
  }

  private due(): [place: number, end: EndNotice['end']][] {
    const { ended, cursors } = this.follower;
    if (ended.length === 0) return [];
    return this.streams.flatMap((stream, place) => {
      const last = cursors[place] as string;
      return ended.includes(stream) && this.told.get(place) !== last ? [[place, { stream, last }]] : [];
    });
  }
}
