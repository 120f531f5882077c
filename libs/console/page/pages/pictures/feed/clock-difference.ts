import { FOLDER } from '../../../app/configuration.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';

/** The server tells its clock in whole seconds, so that less than this does not count as a difference, in milliseconds. */
const LEAST = 1500;

/** Milliseconds from one look at the clock of the server to the next. */
const EVERY = 60_000;

/** By how much the clock of this computer is ahead of that of the server, in milliseconds; 0 for less than what can be told. */
export function useClockDifference(): number {
  return useLoaded(measure, [], { every: EVERY }).value ?? 0;
}

async function measure(signal: AbortSignal): Promise<number> {
  const asked = Date.now();
  const { headers } = await fetch(new URL('config.json', FOLDER), { cache: 'no-store', signal });
  const answered = Date.now();
  const told = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(told)) return 0;
  // The server cut off what was above the second: half of one on average.
  const difference = (asked + answered) / 2 - (told + 500);
  return Math.abs(difference) < LEAST ? 0 : difference;
}
