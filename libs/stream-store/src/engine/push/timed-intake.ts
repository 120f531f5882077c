import { EntryIdError } from '../../api/store.errors.js';
import type { EntryId, NewEntry } from '../../api/stream-entry.js';
import type { StreamStore } from '../../api/stream-store.js';
import { deviceTime } from '../conversion/device-header.js';
import { assertBinary } from './plain-intake.js';
import type { Append, PushIntake, Stored, Taken } from './push-intake.js';

/** Each message is an entry whose ID is the time in its device header (`parse_meta`). */
export class TimedIntake implements PushIntake {
  private collected: NewEntry[] = [];

  constructor(
    private readonly store: StreamStore,
    private readonly stream: string,
  ) {}

  /** A message without a device header is refused here, so that those before it still go in. */
  take(data: Buffer, isBinary: boolean): Taken {
    assertBinary(isBinary);
    this.collected.push({ stream: this.stream, data, id: `${deviceTime(data)}-0` });
    return 'collected';
  }

  flush(): Append | undefined {
    const entries = this.collected;
    if (entries.length === 0) return undefined;
    this.collected = [];
    return { mayBeRefused: true, store: () => this.storeUpToRefusal(entries) };
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return ids;
  }

  private async storeUpToRefusal(entries: readonly NewEntry[]): Promise<Stored> {
    try {
      return { ids: await this.store.appendAll(entries), bytes: bytesOf(entries) };
    } catch (error) {
      if (!(error instanceof EntryIdError) || entries.length === 1) throw error;
    }
    // One is refused, so the store has taken no entry at all. Those before the refused one are stored now.
    const ids: EntryId[] = [];
    for (const entry of entries) {
      try {
        ids.push(...(await this.store.appendAll([entry])));
      } catch (refusal) {
        return { ids, bytes: bytesOf(entries.slice(0, ids.length)), refusal };
      }
    }
    return { ids, bytes: bytesOf(entries) };
  }
}

function bytesOf(entries: readonly NewEntry[]): number {
  let bytes = 0;
  for (const { data } of entries) bytes += data.length;
  return bytes;
}
