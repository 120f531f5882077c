import type { EntryId, StreamGap } from '@millrace/protocol';
import type { ReadLimit, StoredEntry } from './stored-entry.js';

/**
 * Groups of consumers, which share the entries of a stream: each entry goes to one of them, at least once. A group keeps what
 * it has handed out until that is acknowledged, and hands it out again when its consumer is gone.
 *
 * @publicApi
 */
export interface StreamGroups {
  /**
   * Makes a group where there is none, and sets what is given of its settings. The stream need not be there yet.
   *
   * @returns its settings as they are then
   * @throws StreamNameError; MillraceError `INVALID` for a setting or name that cannot be, `TOO_MANY_REQUESTS` above `limits.maxGroups`
   */
  open(stream: string, group: string, options?: GroupOptions): Promise<GroupSettings>;

  /**
   * Moves the place of a group: its consumers go on with what lies behind it. What is pending is forgotten, so that acknowledging
   * it changes nothing, and so is a gap that was not acknowledged; settings and what was set aside stay.
   *
   * @param after an ID, `0` for the first entry, `$` for what comes
   * @throws EntryIdError; MillraceError `NOT_FOUND` when there is no such group
   */
  move(stream: string, group: string, after: EntryId): Promise<void>;

  /**
   * Hands out what the group has for a consumer. In an ordered group that is nothing while one batch is held; otherwise it
   * is nothing only when there is no more. A gap comes by itself, and is told again until it is acknowledged.
   *
   * @throws MillraceError `NOT_FOUND` when there is no such group
   */
  take(member: GroupMember, limit: ReadLimit): Promise<GroupBatch>;

  /**
   * Counts entries as dealt with, or a gap as noticed. What the consumer no longer holds is left as it is.
   *
   * @returns how many entries it still held
   */
  acknowledge(member: GroupMember, dealt: Dealt): Promise<number>;

  /** Gives entries back, to be handed out again: to whichever consumer asks first. */
  release(member: GroupMember, options?: ReleaseOptions): Promise<void>;

  /** Sets held entries aside: they are not handed out any more, and stand in a list. */
  setAside(member: GroupMember, ids: readonly EntryId[], reason: string): Promise<void>;

  /** Keeps the consumer's claim on what it holds for the idle time of the group, counted from now. @returns what it still holds */
  extend(member: GroupMember): Promise<EntryId[]>;

  /** Calls back whenever there may be something to take. @returns ends it */
  watch(stream: string, group: string, listener: () => void): Promise<() => void>;

  /** The groups of a stream, sorted by their names. */
  list(stream: string): Promise<GroupDescription[]>;

  /** Undefined where there is no such group. */
  describe(stream: string, group: string): Promise<GroupDescription | undefined>;

  /** Entries that were set aside, with IDs above one, in the order of their IDs. @throws as {@link take} */
  listSetAside(stream: string, group: string, limit: { after?: EntryId; count: number }): Promise<SetAsideEntry[]>;

  /** Data of an entry that was set aside: the copy, or what the stream keeps; undefined when neither is there. */
  readSetAside(stream: string, group: string, id: EntryId): Promise<Buffer | undefined>;

  /**
   * Hands entries that were set aside out again, with deliveries counted anew. The stream must still keep them.
   *
   * @returns those of which that is so; the others stay set aside
   */
  requeue(stream: string, group: string, ids: readonly EntryId[]): Promise<EntryId[]>;

  /** Forgets entries that were set aside. @returns how many were */
  discard(stream: string, group: string, ids: readonly EntryId[]): Promise<number>;

  /** Removes a group with all it keeps. @returns whether there was one */
  delete(stream: string, group: string): Promise<boolean>;
}

/** A consumer of a group. Two that are at work at the same time need two names. */
export interface GroupMember {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

/** What holds for all consumers of a group, and is kept with it. */
export interface GroupSettings {
  /** One batch is out at a time, so the stream is handled in order; otherwise consumers work side by side. @default true */
  readonly ordered: boolean;
  /** Milliseconds after which what a silent consumer holds goes to another one. @default 30000 */
  readonly idle: number;
  /** How often an entry is handed out before it is set aside. @default 10 */
  readonly maxDeliveries: number;
}

export interface GroupOptions extends Partial<GroupSettings> {
  /** Where a new group begins: an ID, `0` for the first entry, `$` for what comes. @default '$' */
  readonly after?: EntryId;
}

/** An entry as a group hands it out. */
export interface GroupEntry extends StoredEntry {
  /** How often it has been handed out, this time included. */
  readonly deliveries: number;
}

export interface GroupBatch {
  readonly entries: readonly GroupEntry[];
  /** Entries are gone that the group had not handed out, or whose consumer did not acknowledge them. */
  readonly gap?: StreamGap;
  /** Without both: milliseconds after which to ask again, where no call of `watch` tells. */
  readonly retryIn?: number;
  /** The stream has ended and the group has dealt with all of it: its last ID. */
  readonly ended?: EntryId;
  /** What was set aside meanwhile, since it had been handed out too often. */
  readonly setAside: readonly EntryId[];
}

export interface Dealt {
  readonly ids?: readonly EntryId[];
  /** The gap that was told. */
  readonly gap?: boolean;
}

export interface ReleaseOptions {
  /** In an ordered group what lies behind the first of them goes back too. @default all that the consumer holds */
  readonly ids?: readonly EntryId[];
  /** Milliseconds, at most a day, until they are handed out again. @default 0 */
  readonly delay?: number;
  /** They were not begun: this delivery does not count. @default false */
  readonly untouched?: boolean;
  /** The consumer goes. @default false */
  readonly leave?: boolean;
}

export interface GroupDescription extends GroupSettings {
  readonly group: string;
  /** The last ID that was handed out. */
  readonly last: EntryId;
  /** Kept entries that were not handed out yet; undefined where Redis does not know. */
  readonly lag?: number;
  /**
   * Seconds from the ID of its place, or of the first kept entry where that lies behind it, to the newest ID. 0 when nothing lags;
   * undefined where the driver does not know.
   */
  readonly lagSeconds?: number;
  /** Entries handed out and not acknowledged. */
  readonly pending: number;
  /**
   * How often the one of them was handed out that was so most often, looking at the 1000 with the lowest IDs at most; 0 when
   * nothing is pending, undefined where the driver does not know.
   */
  readonly attempts?: number;
  readonly setAside: number;
  /** Of those set aside, how many had to go since the list was full. */
  readonly dropped: number;
  readonly consumers: readonly GroupConsumer[];
}

export interface GroupConsumer {
  readonly consumer: string;
  readonly pending: number;
  /** As {@link GroupDescription.attempts}, of what this consumer holds. */
  readonly attempts?: number;
  /** Milliseconds since it last asked for anything. */
  readonly idle: number;
}

export interface SetAsideEntry {
  readonly id: EntryId;
  readonly deliveries: number;
  /** When it was set aside, in milliseconds since 1970. */
  readonly at: number;
  readonly consumer: string;
  readonly reason: string;
}
