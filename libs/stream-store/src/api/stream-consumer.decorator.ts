import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';
import type { EntryId } from '@millrace/protocol';
import type { GroupSettings } from './stream-groups.js';

/** Metadata key of {@link StreamConsumer}. */
export const STREAM_CONSUMER = 'stream-store:consumer';
/** Metadata key of the methods of a consumer. */
export const CONSUMER_EVENT = 'stream-store:consumer-event';

export type ConsumerEvent = 'entry' | 'gap';

export interface StreamConsumerOptions extends Partial<GroupSettings> {
  /** Name of the group: instances of the application with the same one share the entries. */
  readonly group: string;
  /** Where a group begins that has no place yet: an ID, `0` for the first entry, `$` for what comes. @default '$' */
  readonly after?: EntryId;
  /** How often an entry is tried, each time it is handed out, before it is logged and set aside. @default as often as it takes */
  readonly attempts?: number;
}

export interface StreamConsumerMetadata extends StreamConsumerOptions {
  readonly streams: readonly string[];
}

/**
 * Marks a class whose {@link OnEntry} method is given every entry of one or several streams, at least once: in each stream
 * in order, one at a time, from where its group stood. Several processes with the same group share the entries: each goes to one
 * of them, and to another one when that dies.
 *
 * Interceptors of the host apply (context type `stream`); guards do not, because there is no caller.
 *
 * @example
 * ```ts
 * @StreamConsumer('camera', { group: 'detector' })
 * export class Detector {
 *   @OnEntry() async detect(entry: StoredEntry): Promise<void> {}
 * }
 * ```
 * @publicApi
 */
export function StreamConsumer(streams: string | readonly string[], options: StreamConsumerOptions): ClassDecorator {
  const metadata: StreamConsumerMetadata = { ...options, streams: typeof streams === 'string' ? [streams] : streams };
  return applyDecorators(Injectable(), SetMetadata(STREAM_CONSUMER, metadata));
}

/**
 * Marks the method of a {@link StreamConsumer} that is given each entry. It is called again, after a growing pause, when it
 * throws; the next entry waits.
 *
 * @publicApi
 */
export const OnEntry = (): MethodDecorator => SetMetadata(CONSUMER_EVENT, 'entry' satisfies ConsumerEvent);

/**
 * Marks the method of a {@link StreamConsumer} that is called when retention has overtaken the group: entries are gone that
 * it has never seen. It is called again when it throws, as for an entry. Without one the gap is logged.
 *
 * @publicApi
 */
export const OnGap = (): MethodDecorator => SetMetadata(CONSUMER_EVENT, 'gap' satisfies ConsumerEvent);
