import { MillraceError } from '@millrace/core/errors';
import { EntryIdError } from '../../api/store.errors.js';
import type { AppendOptions, EntryId, NewEntry, StreamStore } from '../../api/stream-store.js';
import { deviceTime } from '../conversion/device-frame.js';
import type { PushedBy } from './producer.js';
import type { Append, PushIntake, Stored, Taken } from './push-intake.js';

/**
 * Each message is an entry. All messages of one turn of the event loop are appended together. The store gives each entry its
 * ID, or the time in its device header is the ID (`parse_meta`).
 */
export class PlainIntake implements PushIntake {
  private collected: Buffer[] = [];
  private times: bigint[] = [];

  constructor(
    private readonly store: StreamStore,
    private readonly stream: string,
    private readonly timed: boolean,
    private readonly by: PushedBy,
  ) {}

  take(data: Buffer, isBinary: boolean): Taken {
    if (!isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'An entry must be a binary message, not text');
    // A message without a device header is refused here, so that those before it still go in.
    if (this.timed) this.times.push(deviceTime(data));
    this.collected.push(data);
    return 'collected';
  }

  flush(): Append | undefined {
    const { collected, times, stream } = this;
    if (collected.length === 0) return undefined;
    this.collected = [];
    const options = this.by.append(collected.length);
    if (!this.timed) return { mayBeRefused: false, store: () => this.storeAll(collected, options) };
    this.times = [];
    const entries = collected.map((data, index) => ({ stream, data, id: `${times[index]}-0` }));
    return { mayBeRefused: true, store: () => this.storeUpToRefusal(entries, options) };
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return ids;
  }

  private async storeAll(entries: readonly Buffer[], options: AppendOptions): Promise<Stored> {
    return { ids: await this.store.append(this.stream, entries, options) };
  }

  private async storeUpToRefusal(entries: readonly NewEntry[], options: AppendOptions): Promise<Stored> {
    let ids: EntryId[] = [];
    let refusal: Stored['refusal'];
    try {
      ids = await this.store.appendAll(entries, options);
    } catch (error) {
      if (!(error instanceof EntryIdError) || entries.length === 1) throw error;
      // One is refused, so the store has taken no entry at all. Those before the refused one are stored now.
      try {
        for (const entry of entries) ids.push(...(await this.store.appendAll([entry], options)));
      } catch (reason) {
        refusal = { error: reason };
      }
    }
    return { ids, refusal };
  }
}
