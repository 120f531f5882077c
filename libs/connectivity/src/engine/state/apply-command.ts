import type { Connection } from '@millrace/protocol';
import type { Actor } from '../../api/connection-registry.js';
import { ConnectionNotFoundError, NotPublisherError, RegistryFullError } from '../../api/connectivity.errors.js';
import type { PartitionState, Slot } from './partition-state.js';
import { Peaks, type RegistryState } from './registry-state.js';

/**
 * What can be done to a registry, as plain data: the same commands in the same order with the same times lead every
 * process to the same state. So each carries what its outcome depends on, settings of the sender included.
 */
export type Command =
  | {
      readonly op: 'publish';
      readonly partition: string;
      readonly connections: readonly Connection[];
      readonly ttl: number;
      readonly grace: number;
      readonly maxPartitions: number;
      readonly maxConnections: number;
      readonly actor?: Actor | undefined;
    }
  | {
      readonly op: 'retract';
      readonly partition: string;
      readonly uids: readonly string[];
      readonly actor?: Actor | undefined;
    }
  | { readonly op: 'retract-partition'; readonly partition: string; readonly actor?: Actor | undefined }
  | { readonly op: 'clear' }
  | { readonly op: 'reset-peaks' }
  /** Nothing but that time went by. */
  | { readonly op: 'tick' };

type PublishCommand = Extract<Command, { op: 'publish' }>;
type RetractCommand = Extract<Command, { op: 'retract' }>;

/**
 * Applies a command to a state, at a time in milliseconds by the registry's clock.
 *
 * @throws MillraceError why the command had no effect, or only a part of it
 */
export function applyCommand(state: RegistryState, command: Command, time: number): void {
  state.advance(time);
  switch (command.op) {
    case 'publish':
      publish(state, command);
      break;
    case 'retract':
      retract(state, command);
      break;
    case 'retract-partition':
      retractPartition(state, command.partition, command.actor);
      break;
    case 'clear':
      for (const partition of [...state.partitions.values()]) state.drop(partition);
      break;
    case 'reset-peaks':
      state.peaks = new Peaks();
      for (const { name, slots } of state.partitions.values())
        state.peaks.note(state.partitions.size, name, slots.size);
      break;
    case 'tick':
      break;
  }
}

function publish(state: RegistryState, command: PublishCommand): void {
  const { connections, actor, ttl, grace } = command;
  const known = state.partitions.get(command.partition);
  if (known && actor && !actor.admin) {
    for (const { uid } of connections) {
      const slot = known.slots.get(uid);
      // The name of somebody who is gone is free.
      if (slot?.isLive(state.time)) assertMayChange(slot, actor);
    }
  }
  assertRoom(state, command, known);
  const partition = state.open(command.partition);
  partition.publishedAt = state.time;
  partition.grace = grace;
  const terms = { ttl, grace, publisher: actor?.subject };
  for (const connection of connections) state.put(partition, connection, terms);
  if (partition.slots.size === 0) state.reschedule(partition);
  state.peaks.note(state.partitions.size, partition.name, partition.slots.size);
}

function retract(state: RegistryState, { partition: name, uids, actor }: RetractCommand): void {
  const partition = state.partition(name);
  for (const uid of uids) assertMayChange(partition.slots.get(uid), actor);
  const unknown: string[] = [];
  for (const uid of uids) {
    const slot = partition.slots.get(uid);
    if (slot) state.remove(slot);
    else unknown.push(uid);
  }
  if (partition.slots.size === 0) state.close(partition);
  if (unknown.length > 0) throw new ConnectionNotFoundError(name, unknown);
}

function retractPartition(state: RegistryState, name: string, actor: Actor | undefined): void {
  const partition = state.partition(name);
  for (const slot of partition.slots.values()) assertMayChange(slot, actor);
  state.drop(partition);
}

function assertMayChange(slot: Slot | undefined, actor: Actor | undefined): void {
  if (!slot || !actor || actor.admin) return;
  if (slot.publisher !== undefined && slot.publisher !== actor.subject) throw new NotPublisherError(slot.entry.uid);
}

/** Makes room for a publication at the expense of what is expired. @throws RegistryFullError */
function assertRoom(state: RegistryState, command: PublishCommand, known: PartitionState | undefined): void {
  const { connections, maxPartitions, maxConnections } = command;
  if (!known && state.partitions.size >= maxPartitions) {
    state.forgetExpired();
    if (state.partitions.size >= maxPartitions) throw new RegistryFullError('partitions', maxPartitions);
  }
  if (state.size + connections.length <= maxConnections) return;
  const added = new Set(connections.filter(({ uid }) => !known?.slots.has(uid)).map(({ uid }) => uid)).size;
  if (added === 0 || state.size + added <= maxConnections) return;
  state.forgetExpired();
  if (state.size + added > maxConnections) throw new RegistryFullError('connections', maxConnections);
}
