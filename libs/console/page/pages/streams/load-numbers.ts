import type { StreamNumbers } from '@millrace/client/browser';
import { server } from '../../app/servers.js';

/** Streams of one answer of the server. */
export const STEP = 1000;

/** As many streams as were asked for. */
export interface NumbersList {
  readonly streams: readonly StreamNumbers[];
  /** Whether the server has more that match. */
  readonly more: boolean;
}

/**
 * The numbers of streams in the order of their names.
 *
 * @param match only names that contain it
 * @param steps so many answers of {@link STEP} streams
 */
export async function loadNumbers(match: string, steps: number, signal: AbortSignal): Promise<NumbersList> {
  const streams: StreamNumbers[] = [];
  for (let step = 0; step < steps; step += 1) {
    const after = streams.at(-1)?.name;
    const found = await server('streams').streams.statistics({
      count: STEP,
      signal,
      ...(match && { match }),
      ...(after !== undefined && { after }),
    });
    streams.push(...found);
    if (found.length < STEP) return { streams, more: false };
  }
  return { streams, more: true };
}
