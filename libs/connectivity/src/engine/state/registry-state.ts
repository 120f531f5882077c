import type { ChangeType, Connection } from '@millrace/protocol';
import { ConnectionEntry } from '../../api/connection-entry.js';
import { PartitionNotFoundError } from '../../api/connectivity.errors.js';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { ChangeLog } from './change-log.js';
import { PartitionState, Slot } from './partition-state.js';
import { Peaks } from './peaks.js';
import { ReplyCache } from './reply-cache.js';
import { Schedule } from './schedule.js';

/** How late a watcher may hear of an expiry, in milliseconds; lookups see it at once. */
const EXPIRY_STEP = 50;
/** How long after its time an entry may still take memory, in milliseconds. */
const GRACE_STEP = 1000;

/** What a publication sets besides the connection itself; times in milliseconds. */
export interface PublicationTerms {
  readonly ttl: number;
  readonly grace: number;
  readonly publisher: string | undefined;
}

/**
 * What a registry holds, and the elementary changes of which commands are made. It reads no clock and draws no random
 * number: the same commands with the same times make the same state, the same changes with the same numbers, and the same
 * errors.
 */
export class RegistryState {
  readonly partitions = new Map<string, PartitionState>();
  readonly log: ChangeLog;
  peaks = new Peaks();
  /** Time of the last command. */
  time = 0;
  /** Entries, expired ones included. */
  size = 0;
  nextOrder = 1;
  nextRevision = 1;
  /** Order of the partition that came last. */
  lastPartition = 0;
  private readonly schedule = new Schedule<Slot | PartitionState>();

  /**
   * @param epoch tells the numbers of this state's changes from those of another life of the registry
   * @param lastChange number of the last change, when the state continues another one
   * @param replies kept together with those of other states
   */
  constructor(
    readonly epoch: string,
    { maxHistory, maxReplyCacheBytes }: ConnectivityLimits,
    lastChange = 0,
    private readonly replies = new ReplyCache(maxReplyCacheBytes),
  ) {
    this.log = new ChangeLog(maxHistory, lastChange);
  }

  /** When something happens by itself, in milliseconds by the registry's clock; Infinity when nothing will. */
  get nextDue(): number {
    return this.schedule.next;
  }

  /** Lets time go by: connections expire, and are forgotten later. */
  advance(time: number): void {
    // A clock that was set back must not bring anything back.
    if (time > this.time) this.time = time;
    // What expires so late may have to be forgotten at once.
    while (this.nextDue <= this.time) this.settle(this.schedule.takeDue(this.time));
  }

  private settle(due: readonly (Slot | PartitionState)[]): void {
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

  /** The partition of a name, made if it is not known. */
  open(name: string, order = this.lastPartition + 1): PartitionState {
    const known = this.partitions.get(name);
    if (known) return known;
    this.lastPartition = Math.max(this.lastPartition, order);
    const partition = new PartitionState(name, order, this.replies);
    this.partitions.set(name, partition);
    this.touch(partition);
    return partition;
  }

  /** Puts a slot, or a partition without entries, in the schedule anew. */
  reschedule(item: Slot | PartitionState): void {
    if (item instanceof PartitionState) this.schedule.add(item, item.publishedAt + item.grace, GRACE_STEP);
    else if (item.listing) this.schedule.add(item, item.expiresAt, EXPIRY_STEP);
    else this.schedule.add(item, item.expiresAt + item.grace, GRACE_STEP);
  }

  put(partition: PartitionState, connection: Connection, { ttl, grace, publisher }: PublicationTerms): void {
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
    if (!repeated) partition.revise(slot, this.nextRevision++);
    if (slot.listing) {
      if (previous?.dataType !== entry.dataType) partition.enlist(slot);
      this.note('changed', slot, previous);
      return;
    }
    partition.enlist(slot);
    this.reschedule(slot);
    this.note('published', slot);
  }

  /** Removes a partition with all it holds. */
  drop(partition: PartitionState): void {
    for (const slot of [...partition.slots.values()]) this.remove(slot);
    this.close(partition);
  }

  /** Removes a partition without entries. */
  close(partition: PartitionState): void {
    this.schedule.remove(partition);
    this.partitions.delete(partition.name);
  }

  /** Removes an entry; its partition stays. */
  remove(slot: Slot): void {
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

  /** Removes what is expired before its grace is over. */
  forgetExpired(): void {
    for (const partition of [...this.partitions.values()]) {
      const over = [...partition.slots.values()].filter((slot) => !slot.isLive(this.time));
      for (const slot of over) this.remove(slot);
      if (over.length > 0 && partition.slots.size === 0) this.close(partition);
    }
  }

  /** Versions are never used again, also not by a partition of the same name. */
  private touch(partition: PartitionState): void {
    partition.version = this.replies.nextVersion();
  }

  private note(type: ChangeType, { entry, partition }: Slot, previous?: ConnectionEntry): void {
    this.log.append({ time: this.time, partition: partition.name, type, entry, previous });
  }
}
