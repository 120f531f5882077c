import type { Command } from 'commander';
import { countArgument, positiveArgument, sizeArgument, checkStreamName } from '../../arguments/argument-parsers.js';
import { countedEntries, humanDuration, humanSize, printable } from '../../output/human.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import { findItems, type PushCommandOptions, MAX_ENTRY } from './find-items.js';
import { atRate } from './pace.js';
import { sendItems } from './send-items.js';

/** `millrace push`. */
export function addPushCommand(program: Command, runner: CommandRunner): void {
  program
    .command('push')
    .description('push files, standard input, or a folder of pictures to a stream')
    .argument('<stream>')
    .argument('[path...]', 'files and folders; "-" or none: standard input')
    .option('-s, --split <size>', 'cut into entries of this size, for example 64k or 1M', sizeArgument)
    .option('-l, --lines', 'each line is an entry')
    .option('-r, --rate <number>', 'entries a second', positiveArgument)
    .option('--ext <list>', 'which files of a folder, by extension; "*": all (default: pictures)')
    .option('--loop', 'begin the folder again after its last file')
    .option('--window <number>', 'entries that may wait for their acknowledgement', countArgument)
    .action(runner(push))
    .addHelpText(
      'after',
      `
A file, or standard input, is one entry of at most ${humanSize(MAX_ENTRY)}, unless --split or --lines cut it. The command ends when
the server has stored everything; a connection that is cut is made again; nothing is lost, and nothing stored twice. With --json, one line for
each stored entry: {"stream", "id", "size", "file"}.

Examples:
  millrace push notes README.md
  tail -f app.log | millrace push log --lines
  millrace push camera pictures/ --rate 10 --loop
  tar c data | millrace push backup --split 1M`,
    );
}

async function push(
  session: CommandSession,
  stream: string,
  paths: string[],
  options: PushCommandOptions,
): Promise<void> {
  const { output, signal, context } = session;
  checkStreamName(stream);
  if (options.split !== undefined && options.split > MAX_ENTRY)
    output.warn(`servers accept entries of at most ${humanSize(MAX_ENTRY)}`);
  const { items, totalBytes } = await findItems(paths, options, { ...context, signal });
  const { streams } = await session.connect();
  const progress = output.progress({ title: `push ${printable(stream)}`, total: totalBytes, unit: 'bytes' });
  const started = performance.now();
  let count = 0;
  let bytes = 0;
  const pusher = streams.push(stream, {
    signal,
    // Lines are small: they leave together where many come at once.
    batch: options.lines === true,
    window: options.window,
  });
  await sendItems(options.rate === undefined ? items : atRate(items, options.rate, signal), {
    send: ({ data }) => pusher.send(data),
    window: options.window,
    signal,
    onStored: async (id, { data, file }) => {
      count += 1;
      bytes += data.length;
      progress.update(bytes, countedEntries(count));
      if (output.json) await output.jsonLine({ stream, id, size: data.length, file });
    },
  });
  await pusher.close();
  progress.stop();
  const took = humanDuration(performance.now() - started);
  output.note(`Pushed ${countedEntries(count)} (${humanSize(bytes)}) to ${printable(stream)} in ${took}`);
}
