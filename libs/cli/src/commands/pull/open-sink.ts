import { UsageError } from '../../errors/usage.error.js';
import type { Output } from '../../output/output.js';
import type { PullCommandOptions } from './pull-options.js';
import { BytesSink } from './sinks/bytes.sink.js';
import type { EntrySink } from './sinks/entry-sink.js';
import { FilesSink } from './sinks/files.sink.js';
import { JsonLinesSink } from './sinks/json-lines.sink.js';
import { PreviewSink } from './sinks/preview.sink.js';

/** Where the entries of a pull go, by its options. @throws UsageError when they do not go together */
export async function openSink(options: PullCommandOptions, output: Output): Promise<EntrySink> {
  if (options.output !== undefined) {
    if (options.lines) throw new UsageError('--lines and --output do not go together');
    return FilesSink.open(options.output, options.ext);
  }
  if (output.json) {
    if (options.lines) throw new UsageError('--lines and --json do not go together');
    return new JsonLinesSink(output, options.encoding);
  }
  if (options.lines) return new BytesSink(output, true);
  return output.toTerminal ? new PreviewSink(output) : new BytesSink(output, false);
}
