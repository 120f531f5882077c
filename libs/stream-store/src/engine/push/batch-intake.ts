import { MillraceError } from '@millrace/core/errors';
import type { EntryId, NewEntry } from '../../api/stream-entry.js';
import type { StreamStore } from '../../api/stream-store.js';
import type { BatchAssembly } from './batch-assembly.js';
import { type BatchHeader, parseBatchHeader } from './batch-codec.js';
import type { Append, PushIntake, Taken } from './push-intake.js';

/** Messages come in pairs: a header, which is text, and a blob with the entries. Each pair is one transaction. */
export class BatchIntake implements PushIntake {
  private header: BatchHeader | undefined;

  constructor(
    private readonly store: StreamStore,
    private readonly assembly: BatchAssembly,
    private readonly maxEntries: number,
  ) {}

  take(data: Buffer, isBinary: boolean): Taken {
    const { header } = this;
    if (!header) {
      if (isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'A batch must begin with a text message, its header');
      this.header = parseBatchHeader(data.toString('utf8'), this.maxEntries);
      return 'read';
    }
    if (!isBinary)
      throw new MillraceError('UNSUPPORTED_DATA', 'The header of a batch must be followed by a binary message');
    this.header = undefined;
    const entries = this.assembly.assemble(header, data);
    return {
      mayBeRefused: entries.some(({ id }) => id !== undefined),
      store: async () => ({ ids: await this.append(entries), bytes: data.length }),
    };
  }

  flush(): Append | undefined {
    return undefined;
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return [ids.join(',')];
  }

  private append(entries: readonly NewEntry[]): Promise<EntryId[]> {
    const [first] = entries;
    if (!first) return Promise.resolve([]);
    const isPlain = entries.every(({ stream, id }) => id === undefined && stream === first.stream);
    if (!isPlain) return this.store.appendAll(entries);
    return this.store.append(
      first.stream,
      entries.map(({ data }) => data),
    );
  }
}
