import type { EntryId } from '@millrace/protocol';
import type { GroupBatch, GroupDescription, GroupSettings } from '../../../api/stream-groups.js';
import { secondsBetween } from '../../../engine/entry-id.js';
import type { EntryReply, ReadSize } from '../redis-reader.js';

/** What the script that hands out answers. */
export type BatchReply = [setAside: Buffer[], kind: Buffer, ...rest: unknown[]];

export function batchOf(stream: string, [aside, kind, ...rest]: BatchReply, size: ReadSize): GroupBatch {
  const setAside = aside.map(String);
  switch (String(kind)) {
    case 'entries': {
      const replies = rest[0] as [...EntryReply, deliveries: number][];
      const entries = size.entriesOf(stream, replies as unknown as EntryReply[]);
      return { entries: entries.map((entry, index) => ({ ...entry, deliveries: replies[index]?.[2] ?? 1 })), setAside };
    }
    case 'gap': {
      const [after, first] = rest.map(String) as [EntryId, EntryId];
      return { entries: [], gap: { stream, after, first: first === '' ? undefined : first }, setAside };
    }
    case 'end':
      return { entries: [], ended: String(rest[0]), setAside };
    default: {
      const retryIn = Number(rest[0]);
      return { entries: [], setAside, ...(retryIn < 0 ? {} : { retryIn }) };
    }
  }
}

export function settingsOf([ordered, idle, most]: readonly unknown[]): GroupSettings {
  return { ordered: ordered === '1', idle: Number(idle), maxDeliveries: Number(most) };
}

export function descriptionOf(group: string, reply: readonly unknown[]): GroupDescription {
  const [last, lag, pending, setAside, dropped, consumers, attempts, from, newest] = reply.slice(3) as [
    EntryId,
    number,
    number,
    number,
    number,
    [consumer: string, pending: number, idle: number, attempts: number][],
    number,
    EntryId,
    EntryId,
  ];
  return {
    group,
    ...settingsOf(reply),
    last,
    ...(lag < 0 ? {} : { lag }),
    lagSeconds: secondsBetween(from, newest),
    pending,
    attempts,
    setAside,
    dropped,
    consumers: consumers.map(([consumer, held, idle, most]) => ({ consumer, pending: held, attempts: most, idle })),
  };
}

/** What a script has answered, with texts in place of buffers. */
export function withTexts(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(withTexts) : reply;
}
