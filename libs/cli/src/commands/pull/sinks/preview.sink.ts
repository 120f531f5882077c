import type { StreamEntry } from '@millrace/client';
import { humanSize, printable } from '../../../output/human.js';
import type { Output } from '../../../output/output.js';
import { sniff } from '../sniff.js';
import { millisecondsOf } from '../../entry-id.js';
import type { EntrySink } from './entry-sink.js';

/** Wide enough for any terminal; the line is cut to the real one's width. */
const MAX_TEXT = 300;
const DEFAULT_WIDTH = 100;

/** A line for each entry, for a person at a terminal, which raw bytes would garble. */
export class PreviewSink implements EntrySink {
  constructor(private readonly output: Output) {}

  async write({ stream, id, data }: StreamEntry): Promise<void> {
    const { style, columns = DEFAULT_WIDTH } = this.output;
    const time = new Date(millisecondsOf(id));
    const clock = Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(11, 23);
    const [name, number, size] = [printable(stream), printable(id), humanSize(data.length)];
    const left = columns - [clock, name, number, size].join('  ').length - 2;
    const text = preview(data);
    const cut = text.length > left ? `${text.slice(0, Math.max(0, left - 1))}…` : text;
    await this.output.line(
      [style.faint(clock), style.strong(name), style.faint(number), size, cut].join('  ').trimEnd(),
    );
  }

  async close(): Promise<void> {}
}

function preview(data: Uint8Array): string {
  const kind = sniff(data);
  if (kind !== 'txt' && kind !== 'json') return kind === 'bin' ? '' : `(${kind})`;
  return printable(Buffer.from(data.subarray(0, MAX_TEXT)).toString());
}
