import type { Connection } from '@millrace/protocol';
import type { Actor } from '../../api/connection-registry.js';
import { ConnectionNotFoundError, NotPublisherError, RegistryFullError } from '../../api/connectivity.errors.js';
import type { PartitionState, Slot } from './partition-state.js';
import { Peaks } from './peaks.js';
import type { RegistryState } from './registry-state.js';
import { slotsOf, type Touch } from './touch.js';

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
      /** What other parts of the registry hold, which counts against the limits too. */
      readonly others?: Holdings | undefined;
      /** Place of the partition among all, if it is new. */
      readonly order?: number | undefined;
      /** See {@link newRevision}. */
      readonly revision?: number | undefined;
    }
  | Touch
  | {
      readonly op: 'retract';
      readonly partition: string;
      readonly uids: readonly string[];
      readonly actor?: Actor | undefined;
    }
  | { readonly op: 'retract-partition'; readonly partition: string; readonly actor?: Actor | undefined }
  | { readonly op: 'clear' }
  | { readonly op: 'reset-peaks' }
  /** Expired entries give way before their grace is over. */
  | { readonly op: 'forget-expired' }
  /** Nothing but that time went by. */
  | { readonly op: 'tick' };

/** How much a registry, or a part of it, holds; expired entries count too. */
export interface Holdings {
  readonly partitions: number;
  readonly connections: number;
}

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
    case 'touch':
      touch(state, command);
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
      for (const partition of state.partitions.values()) state.peaks.note(state.partitions.size, partition);
      break;
    case 'forget-expired':
      state.forgetExpired();
      break;
    case 'tick':
      break;
  }
}

function publish(state: RegistryState, command: PublishCommand): void {
  const { connections, actor, ttl, grace } = command;
  const known = state.partitions.get(command.partition);
  if (known && actor && !actor.admin)
    for (const { uid } of connections) assertMayReplace(state, known.slots.get(uid), actor);
  assertRoom(state, command, known);
  const partition = state.open(command.partition, command.order);
  partition.publishedAt = state.time;
  partition.grace = grace;
  if (command.revision !== undefined) state.nextRevision = command.revision;
  const terms = { ttl, grace, publisher: actor?.subject };
  for (const connection of connections) state.put(partition, connection, terms);
  if (partition.slots.size === 0) state.reschedule(partition);
  state.peaks.note(state.partitions.size, partition);
}

/** The same as the publication of what the slots say. @throws StaleTouchError */
function touch(state: RegistryState, command: Touch): void {
  const { actor, ttl, grace } = command;
  const [partition, slots] = slotsOf(state, command);
  if (actor && !actor.admin) for (const slot of slots) assertMayReplace(state, slot, actor);
  partition.publishedAt = state.time;
  partition.grace = grace;
  const terms = { ttl, grace, publisher: actor?.subject };
  for (const { entry } of slots) state.put(partition, entry, terms);
  state.peaks.note(state.partitions.size, partition);
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

/** The name of somebody who is gone is free. */
function assertMayReplace(state: RegistryState, slot: Slot | undefined, actor: Actor): void {
  if (slot?.isLive(state.time)) assertMayChange(slot, actor);
}

function assertMayChange(slot: Slot | undefined, actor: Actor | undefined): void {
  if (!slot || !actor || actor.admin) return;
  if (slot.publisher !== undefined && slot.publisher !== actor.subject) throw new NotPublisherError(slot.entry.uid);
}

/** Makes room for a publication at the expense of what is expired. @throws RegistryFullError */
function assertRoom(state: RegistryState, command: PublishCommand, known: PartitionState | undefined): void {
  const { connections, maxPartitions, maxConnections, others } = command;
  const [otherPartitions, otherConnections] = [others?.partitions ?? 0, others?.connections ?? 0];
  if (!known && otherPartitions + state.partitions.size >= maxPartitions) {
    state.forgetExpired();
    if (otherPartitions + state.partitions.size >= maxPartitions)
      throw new RegistryFullError('partitions', maxPartitions);
  }
  if (otherConnections + state.size + connections.length <= maxConnections) return;
  const added = namesAdded(connections, known);
  if (added === 0 || otherConnections + state.size + added <= maxConnections) return;
  state.forgetExpired();
  if (otherConnections + state.size + added > maxConnections)
    throw new RegistryFullError('connections', maxConnections);
}

/** How many entries a publication adds to a partition. */
export function namesAdded(connections: readonly Connection[], known: PartitionState | undefined): number {
  return new Set(connections.filter(({ uid }) => !known?.slots.has(uid)).map(({ uid }) => uid)).size;
}
