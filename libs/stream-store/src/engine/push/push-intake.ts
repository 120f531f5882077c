import type { EntryId } from '@millrace/protocol';
import type { ProducerPosition } from '../../api/stream-store.js';
import type { OffsetMeaning } from './batch-codec.js';

/** What a push socket was opened for. */
export interface PushQuery {
  /** Undefined for `*`: each batch names its streams. */
  readonly streams: readonly string[] | undefined;
  readonly batch: boolean;
  readonly ack: boolean;
  readonly parseMeta: boolean;
  readonly offsets: OffsetMeaning | undefined;
  /** Whose entries these are, from the first one on. */
  readonly producer: ProducerPosition | undefined;
}

/** What became of an append: the IDs of what was stored, and why the rest was not. */
export interface Stored {
  readonly ids: readonly EntryId[];
  /** Set when a message was refused: those before it are stored, that one and those behind it are not. */
  readonly refusal?: { readonly error: unknown } | undefined;
}

/** Entries that go to the store together. */
export interface Append {
  /** Whether the store may refuse the entries for their IDs. What comes behind waits until it has answered. */
  readonly mayBeRefused: boolean;
  store(): Promise<Stored>;
}

/**
 * What became of a message: it completes an append, it is collected until the turn of the event loop ends, or it is read
 * and waits for a further one (the header of a batch).
 */
export type Taken = Append | 'collected' | 'read';

/**
 * Turns the messages of one push socket into appends. One way of pushing is one intake: it either collects messages or
 * completes appends, never both in turn.
 */
export interface PushIntake {
  /** @throws MillraceError for a message that is refused; nothing of it is kept */
  take(data: Buffer, isBinary: boolean): Taken;

  /** The messages collected since the last call, as one append. */
  flush(): Append | undefined;

  /** The texts that acknowledge an append. */
  acknowledge(ids: readonly EntryId[]): readonly string[];
}
