import type { StreamEntry } from '@millrace/client';
import { humanSize, printable } from '../../../output/human.js';
import type { Output } from '../../../output/output.js';
import { sniff } from '../sniff.js';
import { millisecondsOf } from '../compare-ids.js';
import type { EntrySink } from './entry-sink.js';

const MAX_TEXT = 60;

/** A line for each entry, for a person at a terminal, which raw bytes would garble. */
export class PreviewSink implements EntrySink {
  constructor(private readonly output: Output) {}

  async write({ stream, id, data }: StreamEntry): Promise<void> {
    const { style } = this.output;
    const time = new Date(millisecondsOf(id));
    const clock = Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(11, 23);
    const parts = [
      style.faint(clock),
      style.strong(printable(stream)),
      style.faint(printable(id)),
      humanSize(data.length),
    ];
    await this.output.line([...parts, preview(data)].join('  '));
  }

  async close(): Promise<void> {}
}

function preview(data: Uint8Array): string {
  const kind = sniff(data);
  if (kind !== 'txt' && kind !== 'json') return kind === 'bin' ? '' : `(${kind})`;
  const text = printable(Buffer.from(data.subarray(0, MAX_TEXT * 4)).toString()).slice(0, MAX_TEXT);
  return text.length < data.length && text.length === MAX_TEXT ? `${text}…` : text;
}
