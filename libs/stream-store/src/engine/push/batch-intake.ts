import { MillraceError } from '@millrace/core/errors';
import { assertScope, type Principal } from '@millrace/core/security';
import type { AppendOptions, EntryId, NewEntry, StreamStore } from '../../api/stream-store.js';
import { type BatchHeader, cutBlob, parseBatchHeader } from './batch-codec.js';
import type { StreamLimits } from '../../stream-store.options.js';
import { PushedBy } from './producer.js';
import type { Append, PushIntake, PushQuery, Taken } from './push-intake.js';
import { deviceTime } from '../conversion/device-frame.js';
import { assertStreamName } from '../stream-name.js';
import { quoted } from '../quoted.js';

/**
 * Messages come in pairs: a header, which is text, and a blob with the entries. Each pair is one transaction: what does not fit
 * is refused, and then nothing of the batch is stored (stream-store§6).
 */
export class BatchIntake implements PushIntake {
  private header: BatchHeader | undefined;
  private readonly by: PushedBy;

  constructor(
    private readonly store: StreamStore,
    private readonly query: PushQuery,
    private readonly principal: Principal | undefined,
    private readonly limits: Pick<StreamLimits, 'maxBatchEntries' | 'maxNameBytes'>,
    /** Hears of each stream that a batch to `*` names. */
    private readonly onNamed: (stream: string) => void = () => undefined,
  ) {
    this.by = new PushedBy(principal?.subject, query.producer);
  }

  take(data: Buffer, isBinary: boolean): Taken {
    const { header } = this;
    if (!header) {
      if (isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'A batch must begin with a text message, its header');
      this.header = parseBatchHeader(data.toString('utf8'), this.limits.maxBatchEntries);
      return 'read';
    }
    if (!isBinary)
      throw new MillraceError('UNSUPPORTED_DATA', 'The header of a batch must be followed by a binary message');
    this.header = undefined;
    const entries = this.assemble(header, data);
    const options = this.by.append(entries.length);
    return {
      mayBeRefused: entries.some(({ id }) => id !== undefined),
      store: async () => ({ ids: await this.append(entries, options) }),
    };
  }

  flush(): Append | undefined {
    return undefined;
  }

  acknowledge(ids: readonly EntryId[]): readonly string[] {
    return [ids.join(',')];
  }

  private append(entries: readonly NewEntry[], options: AppendOptions): Promise<EntryId[]> {
    const [first] = entries;
    if (!first) return Promise.resolve([]);
    const isPlain = entries.every(({ stream, id }) => id === undefined && stream === first.stream);
    if (!isPlain) return this.store.appendAll(entries, options);
    return this.store.append(
      first.stream,
      entries.map(({ data }) => data),
      options,
    );
  }

  /** Cuts the blob, and finds the stream of each entry. */
  private assemble(header: BatchHeader, blob: Buffer): NewEntry[] {
    const streams = this.streamsOf(header);
    const { parseMeta } = this.query;
    return cutBlob(blob, header.offsets, this.query.offsets).map((data, index) => {
      const id = header.ids?.[index] ?? (parseMeta ? `${deviceTime(data)}-0` : undefined);
      const stream = streams[index] as string;
      return id === undefined ? { stream, data } : { stream, data, id };
    });
  }

  private streamsOf({ offsets, streams }: BatchHeader): readonly string[] {
    const path = this.query.streams;
    if (!path) return this.freeStreams(offsets, streams);
    // Names in the header are ignored where the path names one stream (stream-store§6).
    if (path.length === 1) return offsets.map(() => path[0] as string);
    if (!streams) {
      if (offsets.length > path.length)
        throw refused(
          `A batch without names may have ${path.length} entries, one for each stream of the path, not ${offsets.length}`,
        );
      return path;
    }
    for (const stream of streams) {
      if (!path.includes(stream)) throw refused(`The batch header names ${quoted(stream)}, which is not in the path`);
    }
    return streams;
  }

  private freeStreams(offsets: readonly number[], streams: readonly string[] | undefined): readonly string[] {
    if (!streams) {
      if (offsets.length > 0) throw refused('A push to * must name the stream of each entry: [stream, offset]');
      return [];
    }
    for (const stream of new Set(streams)) {
      assertStreamName(stream, this.limits.maxNameBytes);
      assertScope(this.principal, `streams:write:${stream}`);
      this.onNamed(stream);
    }
    return streams;
  }
}

function refused(message: string): MillraceError {
  return new MillraceError('BAD_REQUEST', message);
}
