import { takeSnapshot } from '../../../engine/state/state-snapshot.js';
import type { RegistryState } from '../../../engine/state/registry-state.js';

/** A state with what belongs to it, as text for Redis. */
export interface SnapshotText {
  readonly epoch: string;
  readonly state: string;
  /** Ids of the commands that were applied last, for the instances that sent them. */
  readonly recent: string;
}

/** @param epoch the log that the snapshot belongs to */
export function snapshotText(
  { state, recent }: { readonly state: RegistryState; readonly recent: readonly string[] },
  epoch: string,
): SnapshotText {
  return { epoch, state: JSON.stringify({ ...takeSnapshot(state), epoch }), recent: JSON.stringify(recent) };
}
