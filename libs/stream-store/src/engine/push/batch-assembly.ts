import { MillraceError } from '@millrace/core/errors';
import { assertScope, type Principal } from '@millrace/core/security';
import { deviceTime } from '../conversion/device-frame.js';
import type { NewEntry } from '../../api/stream-entry.js';
import { assertStreamName } from '../stream-name.js';
import { type BatchHeader, cutBlob } from './batch-codec.js';
import type { PushQuery } from './push-intake.js';
import { quoted } from '../quoted.js';

/** Finds the stream of each entry of a batch, and cuts the blob (stream-store§6). */
export class BatchAssembly {
  constructor(
    private readonly query: PushQuery,
    private readonly principal: Principal | undefined,
    private readonly maxNameBytes: number,
  ) {}

  /** @throws MillraceError for what does not fit; then nothing of the batch is stored */
  assemble(header: BatchHeader, blob: Buffer): NewEntry[] {
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
      assertStreamName(stream, this.maxNameBytes);
      assertScope(this.principal, `streams:write:${stream}`);
    }
    return streams;
  }
}

function refused(message: string): MillraceError {
  return new MillraceError('BAD_REQUEST', message);
}
