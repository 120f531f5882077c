import type { StreamPusher } from '@millrace/client';
import type { Command } from 'commander';
import { positiveArgument, millisecondsOf, checkStreamName } from '../../arguments/argument-parsers.js';
import { UsageError } from '../../errors/cli.errors.js';
import { countedEntries, humanDuration, printable } from '../../output/human.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import type { CliContext } from '../../context.js';
import { reachTime } from '../push/pace.js';
import { sendItems } from '../push/send-items.js';
import { countRecording, readRecording } from './recording.js';

interface ReplayOptions {
  readonly speed: number;
  readonly to?: string;
  readonly loop?: boolean;
}

/** `millrace replay`. */
export function addReplayCommand(program: Command, runner: CommandRunner): void {
  program
    .command('replay')
    .description('push a recorded pull again, at its pace')
    .argument('<recording>', 'folder of "pull --output", file of "pull --json", or "-" for standard input')
    .option('--speed <factor>', 'how many times as fast, for example 2 or 0.5', positiveArgument, 1)
    .option('--to <stream>', 'push everything to this stream (default: to the streams it came from)')
    .option('--loop', 'begin again after the last entry')
    .action(runner(replay))
    .addHelpText(
      'after',
      `
Entries get new IDs. The pauses between them are those between the recorded IDs.

Examples:
  millrace replay recording/ --speed 2
  millrace pull camera --json -n 100 > camera.jsonl && millrace replay camera.jsonl --to camera-again`,
    );
}

async function replay(session: CommandSession, path: string, options: ReplayOptions): Promise<void> {
  const { output, signal, context } = session;
  if (options.to !== undefined) checkStreamName(options.to);
  if (options.loop && path === '-')
    throw new UsageError('--loop needs a file or folder: standard input cannot be read again');
  const total = await countRecording(path);
  const { streams } = await session.connect();
  const progress = output.progress({
    title: `replay ${printable(path)}`,
    total: options.loop ? undefined : total,
    unit: 'entries',
  });
  const started = performance.now();
  let count = 0;
  const pushers = new Map<string, StreamPusher>();
  await sendItems(entriesInTime(path, options, { ...context, signal }), {
    send: ({ stream, data }) => {
      const pusher = pushers.get(stream) ?? streams.push(stream, { signal });
      pushers.set(stream, pusher);
      return pusher.send(data);
    },
    signal,
    onStored: async (id, { stream, from }) => {
      count += 1;
      progress.update(count);
      if (output.json) await output.jsonLine({ stream, id, from });
    },
  });
  await Promise.all([...pushers.values()].map((pusher) => pusher.close()));
  progress.stop();
  const took = humanDuration(performance.now() - started);
  output.note(`Replayed ${countedEntries(count)} in ${took}`);
}

/** An entry to be pushed again. */
interface ReplayedEntry {
  readonly stream: string;
  readonly data: Uint8Array;
  /** ID in the recording. */
  readonly from: string;
}

/** Recorded entries, each when its time has come. */
async function* entriesInTime(
  path: string,
  { to, speed, loop }: ReplayOptions,
  { stdin, signal }: CliContext,
): AsyncGenerator<ReplayedEntry> {
  let played = false;
  do {
    let origin: { readonly time: number; readonly milliseconds: number } | undefined;
    for await (const { stream: recorded, id: from, data } of readRecording(path, stdin)) {
      const milliseconds = millisecondsOf(from);
      origin ??= { time: performance.now(), milliseconds };
      await reachTime(origin.time + (milliseconds - origin.milliseconds) / speed, signal);
      yield { stream: to ?? checkStreamName(recorded), data: await data(), from };
      played = true;
    }
  } while (loop && played);
}
