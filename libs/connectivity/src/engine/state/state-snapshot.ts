import { ConnectionEntry } from '../../api/connection-entry.js';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { Slot } from './partition-state.js';
import { RegistryState } from './registry-state.js';

/** A state as plain data, from which another process goes on. The history of changes is not part of it. */
export type StateSnapshot = ReturnType<typeof takeSnapshot>;

export function takeSnapshot(state: RegistryState) {
  return {
    epoch: state.epoch,
    time: state.time,
    lastChange: state.log.head,
    nextOrder: state.nextOrder,
    peaks: [state.peaks.partitions, [...state.peaks.connections]] as const,
    partitions: [...state.partitions.values()].map(({ name, publishedAt, grace, slots }) => ({
      name,
      publishedAt,
      grace,
      slots: [...slots.values()].map(toRecord),
    })),
  };
}

export function restoreSnapshot(snapshot: StateSnapshot, limits: ConnectivityLimits): RegistryState {
  const state = new RegistryState(snapshot.epoch, limits, snapshot.lastChange);
  state.time = snapshot.time;
  state.nextOrder = snapshot.nextOrder;
  const [partitions, connections] = snapshot.peaks;
  state.peaks.partitions = partitions;
  for (const [name, most] of connections) state.peaks.connections.set(name, most);
  for (const { name, publishedAt, grace, slots } of snapshot.partitions) {
    const partition = state.open(name);
    partition.publishedAt = publishedAt;
    partition.grace = grace;
    for (const record of slots) {
      const [order, uid, uri, dataType, connectionType, capacity, published, expiresAt, slotGrace, listed, by] = record;
      const slot = new Slot(partition, order, new ConnectionEntry(uid, uri, dataType, connectionType, capacity));
      slot.publishedAt = published;
      slot.expiresAt = expiresAt;
      slot.grace = slotGrace;
      slot.publisher = by ?? undefined;
      partition.slots.set(uid, slot);
      state.size += 1;
      if (listed) partition.enlist(slot);
      state.reschedule(slot);
    }
    if (slots.length === 0) state.reschedule(partition);
  }
  return state;
}

function toRecord({ order, entry, publishedAt, expiresAt, grace, listing, publisher }: Slot) {
  const { uid, uri, dataType, connectionType, capacity } = entry;
  const listed = listing ? 1 : 0;
  const by = publisher ?? null;
  return [order, uid, uri, dataType, connectionType, capacity, publishedAt, expiresAt, grace, listed, by] as const;
}
