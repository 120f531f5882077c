import { setImmediate as nextTurn } from 'node:timers/promises';
import { pause } from '@millrace/protocol';

/** Shortest time from one call to the next, in milliseconds. */
const GAP_MS = 1;

/**
 * Keeps apart calls to Redis that would follow each other at once, so that what comes within a millisecond goes together. A first
 * call waits for the end of its turn alone.
 */
export class Gap {
  private lastAt = -Infinity;

  async next(signal?: AbortSignal): Promise<void> {
    const left = this.lastAt + GAP_MS - performance.now();
    await (left > 0 ? pause(left, signal) : nextTurn());
    this.lastAt = performance.now();
  }
}
