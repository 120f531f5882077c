import type { StreamEntry } from '@millrace/client';
import type { Output } from '../../../output/output.js';
import type { Encoding } from '../pull-options.js';
import type { EntrySink } from './entry-sink.js';

/** A line of JSON for each entry: `{"stream", "id", "size", "data"}`. */
export class JsonLinesSink implements EntrySink {
  constructor(
    private readonly output: Output,
    private readonly encoding: Encoding,
  ) {}

  write({ stream, id, data }: StreamEntry): Promise<void> {
    return this.output.jsonLine({ stream, id, size: data.length, ...this.content(data) });
  }

  async close(): Promise<void> {}

  private content(data: Uint8Array): { data?: unknown; encoding?: string } {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (this.encoding === 'none') return {};
    if (this.encoding === 'utf8') return { data: bytes.toString(), encoding: 'utf8' };
    if (this.encoding === 'json') {
      try {
        return { data: JSON.parse(bytes.toString()) as unknown, encoding: 'json' };
      } catch {
        // Not JSON: its bytes are kept, and the field says so.
      }
    }
    return { data: bytes.toString('base64'), encoding: 'base64' };
  }
}
