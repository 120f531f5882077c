import { MillraceError } from '@millrace/core/errors';
import { EntryIdError } from '../../api/store.errors.js';
import type { EntryId, NewEntry, StreamStore } from '../../api/stream-store.js';
import { deviceTime } from '../conversion/device-frame.js';
import type { Append, PushIntake, Stored, Taken } from './push-intake.js';

/** Each message is an entry. All messages of one turn of the event loop are appended together. */
abstract class SingleIntake<Entry> implements PushIntake {
  private collected: Entry[] = [];

  constructor(
    protected readonly store: StreamStore,
    protected readonly stream: string,
  ) {}

  take(data: Buffer, isBinary: boolean): Taken {
    if (!isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'An entry must be a binary message, not text');
    this.collected.push(this.entryOf(data));
    return 'collected';
  }

  flush(): Append | undefined {
    const entries = this.collected;
    if (entries.length === 0) return undefined;
    this.collected = [];
    return this.appendOf(entries);
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return ids;
  }

  protected abstract entryOf(data: Buffer): Entry;
  protected abstract appendOf(entries: readonly Entry[]): Append;
}

/** The store gives each entry its ID. */
export class PlainIntake extends SingleIntake<Buffer> {
  protected entryOf(data: Buffer): Buffer {
    return data;
  }

  protected appendOf(entries: readonly Buffer[]): Append {
    return {
      mayBeRefused: false,
      store: async () => ({ ids: await this.store.append(this.stream, entries), bytes: bytesOf(entries) }),
    };
  }
}

/** The ID of each entry is the time in its device header (`parse_meta`). */
export class TimedIntake extends SingleIntake<NewEntry> {
  /** A message without a device header is refused here, so that those before it still go in. */
  protected entryOf(data: Buffer): NewEntry {
    return { stream: this.stream, data, id: `${deviceTime(data)}-0` };
  }

  protected appendOf(entries: readonly NewEntry[]): Append {
    return { mayBeRefused: true, store: () => this.storeUpToRefusal(entries) };
  }

  private async storeUpToRefusal(entries: readonly NewEntry[]): Promise<Stored> {
    let ids: EntryId[] = [];
    let refusal: unknown;
    try {
      ids = await this.store.appendAll(entries);
    } catch (error) {
      if (!(error instanceof EntryIdError) || entries.length === 1) throw error;
      // One is refused, so the store has taken no entry at all. Those before the refused one are stored now.
      try {
        for (const entry of entries) ids.push(...(await this.store.appendAll([entry])));
      } catch (reason) {
        refusal = reason;
      }
    }
    return { ids, bytes: bytesOf(entries.slice(0, ids.length).map(({ data }) => data)), refusal };
  }
}

function bytesOf(entries: readonly Buffer[]): number {
  let bytes = 0;
  for (const { length } of entries) bytes += length;
  return bytes;
}
