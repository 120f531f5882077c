import { randomInt } from 'node:crypto';
import { MillraceError } from '@millrace/core/errors';
import type { Connection } from '@millrace/protocol';
import type { Actor } from '../../api/connection-registry.js';
import type { PartitionState, Slot } from './partition-state.js';
import type { RegistryState } from './registry-state.js';

/** Publishes again what is known, by numbers in place of the entries: it moves when they expire, and nothing else. */
export interface Touch {
  readonly op: 'touch';
  readonly partition: string;
  /** Revisions of the entries, in order: each pair is the first and the last of a row of them. */
  readonly revisions: readonly (readonly [first: number, last: number])[];
  readonly ttl: number;
  readonly grace: number;
  readonly actor?: Actor | undefined;
}

/** What a publication sets, besides its connections. */
interface Terms {
  readonly partition: string;
  readonly connections: readonly Connection[];
  readonly ttl: number;
  readonly grace: number;
  readonly actor?: Actor | undefined;
}

/**
 * The number for the first entry of a publication that says something new; the next ones have the next numbers. Nobody draws the
 * same: where a log has lost its last commands, what they numbered is not what others number in their place.
 */
export function newRevision(): number {
  return randomInt(2 ** 48 - 1);
}

/** An entry has changed or gone since its number was read; nothing was done. Its sender publishes in full. */
export class StaleTouchError extends MillraceError {
  constructor() {
    super('CONFLICT', 'An entry has changed since its number was read; it has to be published in full');
  }
}

/** A touch in place of a publication that says nothing new; undefined when it says something. */
export function touchOf(state: RegistryState, { partition, connections, ttl, grace, actor }: Terms): Touch | undefined {
  const known = state.partitions.get(partition);
  if (!known || connections.length === 0) return undefined;
  const revisions: [number, number][] = [];
  let row: [number, number] | undefined;
  for (const connection of connections) {
    const slot = known.slots.get(connection.uid);
    if (!slot?.entry.says(connection)) return undefined;
    if (row && slot.revision === row[1] + 1) row[1] = slot.revision;
    else revisions.push((row = [slot.revision, slot.revision]));
  }
  return { op: 'touch', partition, revisions, ttl, grace, actor };
}

/** The slots of a touch. @throws StaleTouchError */
export function slotsOf(state: RegistryState, { partition: name, revisions }: Touch): [PartitionState, Slot[]] {
  const partition = state.partitions.get(name);
  if (!partition) throw new StaleTouchError();
  const slots: Slot[] = [];
  for (const [first, last] of revisions) {
    for (let revision = first; revision <= last; revision += 1) {
      const slot = partition.revisions.get(revision);
      if (!slot) throw new StaleTouchError();
      slots.push(slot);
    }
  }
  return [partition, slots];
}
