import { ConnectionEntry } from '../../api/connection-entry.js';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { Slot } from './partition-state.js';
import { RegistryState } from './registry-state.js';
import type { ReplyCache } from './reply-cache.js';

/** A state as plain data, from which another process goes on. The history of changes is not part of it. */
export type StateSnapshot = ReturnType<typeof takeSnapshot>;

/** What a snapshot of an earlier release may lack. */
function optional(value: number): number | undefined {
  return value;
}

export function takeSnapshot(state: RegistryState) {
  return {
    epoch: state.epoch,
    time: state.time,
    lastChange: state.log.head,
    nextOrder: state.nextOrder,
    nextRevision: optional(state.nextRevision),
    lastPartition: optional(state.lastPartition),
    peaks: [
      state.peaks.partitions,
      [...state.peaks.connections].map(([name, { most, order }]) => [name, most, optional(order)] as const),
    ] as const,
    partitions: [...state.partitions.values()].map(({ name, order, publishedAt, grace, slots }) => ({
      name,
      order: optional(order),
      publishedAt,
      grace,
      slots: [...slots.values()].map(toRecord),
    })),
  };
}

export function restoreSnapshot(
  snapshot: StateSnapshot,
  limits: ConnectivityLimits,
  replies?: ReplyCache,
): RegistryState {
  const state = new RegistryState(snapshot.epoch, limits, snapshot.lastChange, replies);
  state.time = snapshot.time;
  state.nextOrder = snapshot.nextOrder;
  state.nextRevision = snapshot.nextRevision ?? snapshot.nextOrder;
  const [partitions, connections] = snapshot.peaks;
  state.peaks.partitions = partitions;
  for (const [index, [name, most, order = index + 1]] of connections.entries())
    state.peaks.connections.set(name, { most, order });
  for (const { name, order: place, publishedAt, grace, slots } of snapshot.partitions) {
    const partition = state.open(name, place);
    partition.publishedAt = publishedAt;
    partition.grace = grace;
    for (const record of slots) {
      const [order, uid, uri, dataType, connectionType, capacity, published, expiresAt, slotGrace, listed, by, said] =
        record;
      const slot = new Slot(partition, order, new ConnectionEntry(uid, uri, dataType, connectionType, capacity));
      slot.publishedAt = published;
      slot.expiresAt = expiresAt;
      slot.grace = slotGrace;
      slot.publisher = by ?? undefined;
      partition.slots.set(uid, slot);
      partition.revise(slot, said ?? order);
      state.size += 1;
      if (listed) partition.enlist(slot);
      state.reschedule(slot);
    }
    if (slots.length === 0) state.reschedule(partition);
  }
  state.lastPartition = Math.max(state.lastPartition, snapshot.lastPartition ?? 0);
  return state;
}

function toRecord({ order, entry, publishedAt, expiresAt, grace, listing, publisher, revision }: Slot) {
  const { uid, uri, dataType, connectionType, capacity } = entry;
  const listed = listing ? 1 : 0;
  const by = publisher ?? null;
  const said = optional(revision);
  return [
    order,
    uid,
    uri,
    dataType,
    connectionType,
    capacity,
    publishedAt,
    expiresAt,
    grace,
    listed,
    by,
    said,
  ] as const;
}
