import type { ConsumedEntry } from '@millrace/client';
import { startTimer, type StreamEntry, type StreamGap, type UnreadableEntry } from '@millrace/protocol';
import { type Command, Option } from 'commander';
import { countArgument, durationArgument, checkStreamName, readId } from '../../arguments/argument-parsers.js';
import { UsageError } from '../../errors/cli.errors.js';
import { countedEntries, humanDuration, humanSize, printable } from '../../output/human.js';
import { NO_PROGRESS } from '../../output/progress.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import { openSink, type PullCommandOptions } from './entry-sinks.js';

/** Entries in one message. */
const BATCH = 100;

/** `millrace pull`. */
export function addPullCommand(program: Command, runner: CommandRunner): void {
  program
    .command('pull')
    .description('follow streams, to standard output, files, or JSON lines')
    .argument('<stream...>')
    .option(
      '-a, --after <id>',
      'entries after this ID; 0: all that are kept; *: the newest 100 (or --count) and what comes; $: only new ones (default: "$", or "0" with --no-follow)',
    )
    .option(
      '-g, --group <name>',
      'share the entries with the other consumers of this group; --after is where a new one begins',
    )
    .option('-n, --count <number>', 'end after this number of entries', countArgument)
    .option('--no-follow', 'end with the newest entry that is there now')
    .option('--for <time>', 'end after this time, for example 10s', durationArgument)
    .option('-o, --output <folder>', 'a file for each entry, and a list of them, which replay reads')
    .option('--ext <extension>', 'extension of these files (default: what fits the bytes)')
    .addOption(
      new Option(
        '--convert <format>',
        'have the server convert the entries; what cannot be converted is left out',
      ).choices(['json', 'jpg', 'png']),
    )
    .option('-l, --lines', 'a line feed after each entry')
    .addOption(
      new Option('--encoding <name>', 'with --json: how the bytes are written')
        .choices(['base64', 'utf8', 'json', 'none'])
        .default('base64'),
    )
    .action(runner(pull))
    .addHelpText(
      'after',
      `
Into a pipe go the bytes of the entries, one after the other; on a terminal a line for each. With --json, one line for each:
{"stream", "id", "size", "data", "encoding"}. A connection that is cut is made again behind the last entry: nothing is left
out that the server still keeps, and nothing comes twice.

Examples:
  millrace pull log --lines
  millrace pull backup --no-follow | tar x
  millrace pull camera depth -o recording/ --for 10s
  millrace pull sensor --json --encoding json -n 1 | jq .data`,
    );
}

async function pull(session: CommandSession, streams: string[], options: PullCommandOptions): Promise<void> {
  const { output } = session;
  for (const stream of streams) checkStreamName(stream);
  if (new Set(streams).size < streams.length) throw new UsageError(`Name each stream once: ${streams.join(', ')}`);
  const { after = options.follow ? '$' : '0' } = options;
  if (after !== '$' && after !== '*' && !readId(after))
    throw new UsageError(`--after must be 0, *, $ or an entry ID such as 1700000000000-0, not "${after}"`);
  if (options.group !== undefined && (!options.follow || after === '*'))
    throw new UsageError('--group goes with neither --no-follow nor --after "*": a group goes on where it stands');
  const source = await session.connect();
  const time = new AbortController();
  const timer = startTimer(() => time.abort(), options.for ?? Infinity).unref();
  const signal = AbortSignal.any([session.signal, time.signal]);
  const sink = await openSink(options, output);
  const progress =
    options.output !== undefined || !output.toTerminal
      ? output.progress({ title: `pull ${printable(streams.join(', '))}`, total: options.count, unit: 'entries' })
      : NO_PROGRESS;
  const started = performance.now();
  let count = 0;
  let bytes = 0;
  try {
    const common = {
      after,
      ...(options.convert === undefined ? {} : { output: options.convert }),
      signal,
      onGap: ({ stream, after: last, first }: StreamGap) => {
        // Who asked for all that are kept misses nothing.
        if (last !== '0-0')
          output.warn(`entries of ${printable(stream)} after ${last} are gone; it goes on at ${first ?? 'what comes'}`);
      },
      onUnreadable: ({ stream, id, bytes: size }: UnreadableEntry) =>
        output.warn(
          `the entry ${printable(id)} of ${printable(stream)} (${humanSize(size)}) cannot be converted to ${options.convert}; it is left out`,
        ),
    };
    const entries: AsyncIterable<StreamEntry | ConsumedEntry> =
      options.group === undefined
        ? source.streams.pull(streams, {
            ...common,
            follow: options.follow,
            count: Math.min(BATCH, options.count ?? BATCH),
          })
        : source.streams.consume(streams, { ...common, group: options.group });
    for await (const entry of entries) {
      await sink.write(entry);
      if ('acknowledge' in entry) entry.acknowledge();
      count += 1;
      bytes += entry.data.length;
      progress.update(count, humanSize(bytes));
      if (count === options.count) break;
    }
  } catch (error) {
    if (!time.signal.aborted || session.signal.aborted) throw error;
  } finally {
    timer.stop();
    await sink.close();
    progress.stop();
    const took = humanDuration(performance.now() - started);
    if (options.output !== undefined)
      output.note(`Pulled ${countedEntries(count)} (${humanSize(bytes)}) to ${options.output} in ${took}`);
  }
}
