import type { EntryId } from '@millrace/protocol';
import { MOST_LOOKED_AT } from './group-rules.js';

/** An entry that was handed out; free when it has no consumer. */
export interface Claim {
  readonly id: EntryId;
  deliveries: number;
  consumer: string | undefined;
  /** Until then its consumer keeps it, or it is not handed out. */
  until: number;
}

/** How often the entry was handed out that was so most often, of those with the lowest IDs; 0 where there is none. */
export function mostDeliveries(claims: Iterable<Claim>, of?: string): number {
  let most = 0;
  let looked = 0;
  for (const { consumer, deliveries } of claims) {
    if (of === undefined || consumer === of) most = Math.max(most, deliveries);
    looked += 1;
    if (looked >= MOST_LOOKED_AT) break;
  }
  return most;
}

/** Milliseconds until something that is held or put off may be handed out; undefined where there is nothing. */
export function nextFree(claims: Iterable<Claim>, now: number): number | undefined {
  let until = Infinity;
  for (const claim of claims) until = Math.min(until, claim.until);
  return until === Infinity ? undefined : Math.max(0, until - now);
}
