import { ConnectionEntry } from '../../api/connection-entry.js';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { Slot } from './partition-state.js';
import { RegistryState } from './registry-state.js';

type SlotRecord = readonly [
  order: number,
  uid: string,
  uri: string,
  dataType: string,
  connectionType: number,
  capacity: number,
  publishedAt: number,
  expiresAt: number,
  grace: number,
  listed: 0 | 1,
  publisher: string | null,
];

/** A state as plain data, from which another process goes on. The history of changes is not part of it. */
export interface StateSnapshot {
  readonly epoch: string;
  readonly time: number;
  readonly lastChange: number;
  readonly nextOrder: number;
  readonly peaks: readonly [partitions: number, connections: readonly (readonly [string, number])[]];
  readonly partitions: readonly {
    readonly name: string;
    readonly publishedAt: number;
    readonly grace: number;
    readonly slots: readonly SlotRecord[];
  }[];
}

export function takeSnapshot(state: RegistryState): StateSnapshot {
  return {
    epoch: state.epoch,
    time: state.time,
    lastChange: state.log.head,
    nextOrder: state.nextOrder,
    peaks: [state.peaks.partitions, [...state.peaks.connections]],
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
      const [order, uid, uri, dataType, connectionType, capacity, published, expiresAt, slotGrace, listed, publisher] =
        record;
      const slot = new Slot(partition, order, new ConnectionEntry(uid, uri, dataType, connectionType, capacity));
      slot.publishedAt = published;
      slot.expiresAt = expiresAt;
      slot.grace = slotGrace;
      slot.publisher = publisher ?? undefined;
      partition.slots.set(uid, slot);
      state.size += 1;
      if (listed) partition.enlist(slot);
      state.reschedule(slot);
    }
    if (slots.length === 0) state.reschedule(partition);
  }
  return state;
}

function toRecord({ order, entry, publishedAt, expiresAt, grace, listing, publisher }: Slot): SlotRecord {
  const { uid, uri, dataType, connectionType, capacity } = entry;
  const listed = listing ? 1 : 0;
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
    publisher ?? null,
  ];
}
