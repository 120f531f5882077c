import type { IdParts } from '@millrace/protocol';

/** When an ID is further ahead of the clock than this, it is not waited for: a client gave that ID. */
const PATIENCE_MS = 50n;

/**
 * Waits until the clock has left the millisecond of the last IDs of deleted streams: should they begin anew, their new IDs
 * lie above the cursors of those who had read them to the end.
 *
 * @param now the storage's clock, in milliseconds
 */
export async function clockAbove(lasts: readonly (IdParts | undefined)[], now = Date.now()): Promise<void> {
  let ahead = -1n;
  for (const last of lasts) {
    const distance = last ? last.ms - BigInt(now) : -1n;
    if (distance <= PATIENCE_MS && distance > ahead) ahead = distance;
  }
  if (ahead >= 0n) await new Promise((resolve) => setTimeout(resolve, Number(ahead) + 2));
}
