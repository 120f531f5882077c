import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';
import type { EntryId } from '@millrace/protocol';

/** Metadata key of {@link StreamConsumer}. */
export const STREAM_CONSUMER = 'stream-store:consumer';
/** Metadata key of the methods of a consumer. */
export const CONSUMER_EVENT = 'stream-store:consumer-event';

export type ConsumerEvent = 'entry' | 'gap';

export interface StreamConsumerOptions {
  /** Name under which the store keeps the consumer's place in each stream. */
  readonly group: string;
  /** Where a group begins that has no place yet: an ID, `0` for the first entry, `$` for what comes. @default '$' */
  readonly after?: EntryId;
  /** How often an entry is tried before it is logged and passed over. @default as often as it takes */
  readonly attempts?: number;
}

export interface StreamConsumerMetadata extends StreamConsumerOptions {
  readonly streams: readonly string[];
}

/**
 * Marks a class whose {@link OnEntry} method is given every entry of one or several streams, at least once: in each stream
 * in order, one at a time, from where its group stood when the application last ended.
 *
 * Interceptors and pipes of the host apply (context type `stream`); guards do not, because there is no caller. A group is read
 * by one process at a time; two processes with the same group are both given every entry.
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
