import { LruMap } from '../patterns/lru-map.js';
import type { Actor } from '../../api/actor.js';
import type { ChangeType } from '../../api/connection-change.js';
import { ConnectionEntry } from '../../api/connection-entry.js';
import type { Connection } from '../../api/connection.js';
import {
  ConnectionNotFoundError,
  NotPublisherError,
  PartitionNotFoundError,
  RegistryFullError,
} from '../../api/connectivity.errors.js';
import { ChangeLog } from './change-log.js';
import type { Command, PublishCommand, RetractCommand } from './command.js';
import { type KeptReply, PartitionState } from './partition-state.js';
import { Peaks } from './peaks.js';
import { Schedule } from './schedule.js';
import { Slot } from './slot.js';

/** Watchers are told of an expiry no later than this, in milliseconds; lookups see it at once. */
const EXPIRY_STEP = 50;
/** Memory is freed no later than this after it could be, in milliseconds. */
const GRACE_STEP = 1000;

export interface RegistryStateInit {
  /** Tells the numbers of this state's changes from those of another life of the registry. */
  readonly epoch: string;
  readonly maxHistory: number;
  readonly maxReplyCacheBytes: number;
  /** Number of the last change, when the state continues another one. */
  readonly lastChange?: number;
}

/**
 * What a registry holds, and how commands change it. It reads no clock and draws no random number: the same commands with
 * the same times make the same state, the same changes with the same numbers, and the same errors.
 */
export class RegistryState {
  readonly epoch: string;
  readonly partitions = new Map<string, PartitionState>();
  readonly log: ChangeLog;
  readonly peaks = new Peaks();
  /** Time of the last command. */
  time = 0;
  /** Entries, expired ones included. */
  size = 0;
  nextOrder = 1;
  private version = 0;
  private readonly replies: LruMap<string, KeptReply>;
  private readonly schedule = new Schedule<Slot | PartitionState>();

  constructor({ epoch, maxHistory, maxReplyCacheBytes, lastChange = 0 }: RegistryStateInit) {
    this.epoch = epoch;
    this.log = new ChangeLog(maxHistory, lastChange);
    this.replies = new LruMap(maxReplyCacheBytes, ({ bytes }) => bytes.length + 256);
  }

  /** When something happens by itself, in milliseconds since 1970; Infinity when nothing will. */
  get nextDue(): number {
    return this.schedule.next;
  }

  /** Applies a command. @throws MillraceError which tells why it had no effect, or only a part of it */
  apply(command: Command, time: number): void {
    this.advance(time);
    switch (command.op) {
      case 'publish':
        this.publish(command);
        break;
      case 'retract':
        this.retract(command);
        break;
      case 'retract-partition':
        this.retractPartition(command.partition, command.actor);
        break;
      case 'clear':
        for (const partition of [...this.partitions.values()]) this.drop(partition);
        break;
      case 'reset-peaks':
        this.peaks.clear();
        for (const { name, slots } of this.partitions.values()) this.peaks.note(this.partitions.size, name, slots.size);
        break;
      case 'tick':
        break;
    }
  }

  /** Lets time go by: connections expire, and are forgotten later. */
  advance(time: number): void {
    // A clock that was set back must not bring anything back.
    if (time > this.time) this.time = time;
    const due = this.schedule.takeDue(this.time);
    if (due.length === 0) return;
    const expiring: Slot[] = [];
    for (const item of due) {
      if (item instanceof PartitionState) this.forgetIfIdle(item);
      else if (item.listing) expiring.push(item);
      else this.forgetIfOver(item);
    }
    // In an order that does not depend on how the schedule came about.
    expiring.sort((left, right) => left.expiresAt - right.expiresAt || left.order - right.order);
    for (const slot of expiring) {
      if (slot.expiresAt <= this.time) this.expire(slot);
      else this.schedule.add(slot, slot.expiresAt, EXPIRY_STEP);
    }
  }

  /** @throws PartitionNotFoundError */
  partition(name: string): PartitionState {
    const partition = this.partitions.get(name);
    if (!partition) throw new PartitionNotFoundError(name);
    return partition;
  }

  /** Makes a partition, or answers the one there is. Only for restoring a state. */
  open(name: string): PartitionState {
    let partition = this.partitions.get(name);
    if (!partition) this.partitions.set(name, (partition = new PartitionState(name, this.replies)));
    return partition;
  }

  /** Puts a slot in the schedule anew. Only for restoring a state. */
  reschedule(item: Slot | PartitionState): void {
    if (item instanceof PartitionState) this.schedule.add(item, item.publishedAt + item.grace, GRACE_STEP);
    else if (item.listing) this.schedule.add(item, item.expiresAt, EXPIRY_STEP);
    else this.schedule.add(item, item.expiresAt + item.grace, GRACE_STEP);
  }

  private publish(command: PublishCommand): void {
    const { connections, actor, ttl, grace } = command;
    const known = this.partitions.get(command.partition);
    if (actor && !actor.admin && known) this.assertMayReplace(known, connections, actor);
    this.assertRoom(command, known);
    const partition = this.open(command.partition);
    if (!known) this.touch(partition);
    partition.publishedAt = this.time;
    partition.grace = grace;
    for (const connection of connections) this.put(partition, connection, ttl, grace, actor?.subject);
    if (partition.slots.size === 0) this.reschedule(partition);
    this.peaks.note(this.partitions.size, partition.name, partition.slots.size);
  }

  private put(
    partition: PartitionState,
    connection: Connection,
    ttl: number,
    grace: number,
    publisher: string | undefined,
  ): void {
    const { time } = this;
    let slot = partition.slots.get(connection.uid);
    if (slot?.listing && slot.expiresAt <= time) this.expire(slot);
    const previous = slot?.entry;
    const repeated = previous?.says(connection) === true;
    const entry = repeated ? previous : ConnectionEntry.from(connection);
    if (!slot) {
      slot = new Slot(partition, this.nextOrder++, entry);
      partition.slots.set(entry.uid, slot);
      this.size += 1;
    }
    const expiresAt = time + ttl;
    // A kept reply counts on nothing ending sooner than it was to.
    if (expiresAt < slot.expiresAt) this.touch(partition);
    slot.publishedAt = time;
    slot.expiresAt = expiresAt;
    slot.grace = grace;
    slot.publisher = publisher;
    if (slot.listing && repeated) return;
    this.touch(partition);
    slot.entry = entry;
    if (slot.listing) {
      if (previous?.dataType !== entry.dataType) partition.enlist(slot);
      this.note('changed', slot, previous);
      return;
    }
    partition.enlist(slot);
    this.reschedule(slot);
    this.note('published', slot);
  }

  private retract({ partition: name, uids, actor }: RetractCommand): void {
    const partition = this.partition(name);
    if (actor && !actor.admin) {
      for (const uid of uids) {
        const slot = partition.slots.get(uid);
        if (slot) assertPublisher(slot, actor);
      }
    }
    const unknown: string[] = [];
    for (const uid of uids) {
      const slot = partition.slots.get(uid);
      if (slot) this.remove(slot);
      else unknown.push(uid);
    }
    if (partition.slots.size === 0) this.close(partition);
    if (unknown.length > 0) throw new ConnectionNotFoundError(name, unknown);
  }

  private retractPartition(name: string, actor: Actor | undefined): void {
    const partition = this.partition(name);
    if (actor && !actor.admin) for (const slot of partition.slots.values()) assertPublisher(slot, actor);
    this.drop(partition);
  }

  private drop(partition: PartitionState): void {
    for (const slot of [...partition.slots.values()]) this.remove(slot);
    this.close(partition);
  }

  private close(partition: PartitionState): void {
    this.schedule.remove(partition);
    this.partitions.delete(partition.name);
  }

  private remove(slot: Slot): void {
    const { partition } = slot;
    if (slot.isLive(this.time)) this.note('retracted', slot);
    else if (slot.listing) this.note('expired', slot);
    this.touch(partition);
    partition.remove(slot);
    this.schedule.remove(slot);
    this.size -= 1;
  }

  private expire(slot: Slot): void {
    this.touch(slot.partition);
    this.note('expired', slot);
    slot.partition.delist(slot);
    this.reschedule(slot);
  }

  private forgetIfOver(slot: Slot): void {
    if (slot.expiresAt + slot.grace > this.time) return;
    const { partition } = slot;
    this.remove(slot);
    if (partition.slots.size === 0) this.forgetIfIdle(partition);
  }

  private forgetIfIdle(partition: PartitionState): void {
    if (partition.slots.size > 0) return;
    if (partition.publishedAt + partition.grace <= this.time) this.close(partition);
    else this.reschedule(partition);
  }

  private assertMayReplace(partition: PartitionState, connections: readonly Connection[], actor: Actor): void {
    for (const { uid } of connections) {
      const slot = partition.slots.get(uid);
      // The name of somebody who is gone is free.
      if (slot?.isLive(this.time)) assertPublisher(slot, actor);
    }
  }

  private assertRoom(command: PublishCommand, known: PartitionState | undefined): void {
    const { connections, maxPartitions, maxConnections } = command;
    if (!known && this.partitions.size >= maxPartitions) {
      this.forgetExpired();
      if (this.partitions.size >= maxPartitions) throw new RegistryFullError('partitions', maxPartitions);
    }
    if (this.size + connections.length <= maxConnections) return;
    const added = new Set(connections.filter(({ uid }) => !known?.slots.has(uid)).map(({ uid }) => uid)).size;
    if (added === 0 || this.size + added <= maxConnections) return;
    this.forgetExpired();
    if (this.size + added > maxConnections) throw new RegistryFullError('connections', maxConnections);
  }

  /** Makes room at the expense of what is expired. */
  private forgetExpired(): void {
    for (const partition of [...this.partitions.values()]) {
      const over = [...partition.slots.values()].filter((slot) => !slot.isLive(this.time));
      for (const slot of over) this.remove(slot);
      if (over.length > 0 && partition.slots.size === 0) this.close(partition);
    }
  }

  /** Versions are never used again, also not by a partition of the same name. */
  private touch(partition: PartitionState): void {
    this.version += 1;
    partition.version = this.version;
  }

  private note(type: ChangeType, { entry, partition }: Slot, previous?: ConnectionEntry): void {
    const change = { time: this.time, partition: partition.name, type, entry };
    this.log.append(previous ? { ...change, previous } : change);
  }
}

function assertPublisher(slot: Slot, actor: Actor): void {
  if (slot.publisher !== undefined && slot.publisher !== actor.subject) throw new NotPublisherError(slot.entry.uid);
}
