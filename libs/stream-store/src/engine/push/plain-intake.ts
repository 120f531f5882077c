import { MillraceError } from '@millrace/core/errors';
import type { EntryId } from '../../api/stream-entry.js';
import type { StreamStore } from '../../api/stream-store.js';
import type { Append, PushIntake, Taken } from './push-intake.js';

/** Each message is an entry. All messages of one turn of the event loop are appended together. */
export class PlainIntake implements PushIntake {
  private collected: Buffer[] = [];

  constructor(
    private readonly store: StreamStore,
    private readonly stream: string,
  ) {}

  take(data: Buffer, isBinary: boolean): Taken {
    assertBinary(isBinary);
    this.collected.push(data);
    return 'collected';
  }

  flush(): Append | undefined {
    const entries = this.collected;
    if (entries.length === 0) return undefined;
    this.collected = [];
    return {
      mayBeRefused: false,
      store: async () => ({ ids: await this.store.append(this.stream, entries), bytes: bytesOf(entries) }),
    };
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return ids;
  }
}

/** @throws MillraceError 1003 for a text message */
export function assertBinary(isBinary: boolean): void {
  if (!isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'An entry must be a binary message, not text');
}

export function bytesOf(entries: readonly Buffer[]): number {
  let bytes = 0;
  for (const { length } of entries) bytes += length;
  return bytes;
}
