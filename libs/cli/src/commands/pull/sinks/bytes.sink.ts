import type { StreamEntry } from '@millrace/client';
import type { Output } from '../../../output/output.js';
import type { EntrySink } from './entry-sink.js';

const LINE_FEED = Uint8Array.of(10);

/** The bytes of entries on standard output, one after the other, or a line each. */
export class BytesSink implements EntrySink {
  constructor(
    private readonly output: Output,
    private readonly lines: boolean,
  ) {}

  async write({ data }: StreamEntry): Promise<void> {
    await this.output.write(this.lines ? Buffer.concat([data, LINE_FEED]) : data);
  }

  async close(): Promise<void> {}
}
