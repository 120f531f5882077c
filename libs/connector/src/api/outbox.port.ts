/** One notification in an outbox. */
export interface OutboxEntry {
  /** `<epoch>:<number>`: unique, and rising within its epoch; lets a hub tell a repeated sending. */
  readonly id: string;
  /** The notification's object as JSON text. */
  readonly object: string;
}

/**
 * Keeps the notifications of one source until the hub has acknowledged them, oldest first. One connection uses it.
 * Calls take effect in the order in which they are made, also when an earlier one has not resolved yet.
 */
export interface OutboxQueue {
  /** Entries kept, those on their way included; counts a call as soon as it is made. */
  readonly size: number;
  /** Adds one entry behind all others. It is as safe as the driver makes it when the promise resolves. */
  append(entry: OutboxEntry): void | Promise<void>;
  /** The next entries not yet read, oldest first; fewer than `limit` when there are no more. */
  read(limit: number): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]>;
  /** Removes the oldest `count` entries; they have been read. */
  remove(count: number): void | Promise<void>;
  /** Removes the oldest entry that has not been read. Answers whether there was one. */
  dropOldest(): boolean | Promise<boolean>;
  /** Forgets what has been read: the next {@link read} starts at the oldest entry again. */
  rewind(): void;
  close(): void | Promise<void>;
}

/**
 * The port for outboxes; also its injection token. Every driver passes the contract suite in
 * `@millrace/connector/testing`.
 *
 * @publicApi
 */
export abstract class Outbox {
  /** Opens the queue of one source. What an earlier process left in it is there again. */
  abstract open(source: string): OutboxQueue | Promise<OutboxQueue>;
}
