import type { StreamPusher, StreamsApi } from '@millrace/client';
import type { Command } from 'commander';
import { positiveArgument, millisecondsOf, checkStreamName } from '../../arguments/argument-parsers.js';
import { UsageError } from '../../errors/cli.errors.js';
import { countedEntries, humanDuration, printable } from '../../output/human.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import { reachTime } from '../push/pace.js';
import { countRecording, readRecording, type RecordedEntry } from './recording.js';

interface ReplayOptions {
  readonly speed: number;
  readonly to?: string;
  readonly loop?: boolean;
}

/** Entries that may wait for their acknowledgement. */
const WINDOW = 256;

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
  const player = new Player(streams, options, signal, async ({ stream, id, from }) => {
    progress.update(player.count);
    if (output.json) await output.jsonLine({ stream, id, from });
  });
  const started = performance.now();
  do await player.play(readRecording(path, context.stdin));
  while (options.loop && player.count > 0);
  await player.close();
  progress.stop();
  const took = humanDuration(performance.now() - started);
  output.note(`Replayed ${countedEntries(player.count)} in ${took}`);
}

/** An entry that was pushed again. */
interface ReplayedEntry {
  readonly stream: string;
  readonly id: string;
  /** ID in the recording. */
  readonly from: string;
}

/** Pushes recorded entries, each when its time has come. */
class Player {
  count = 0;
  private readonly pushers = new Map<string, StreamPusher>();
  private readonly underWay: Promise<void>[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly streams: StreamsApi,
    private readonly options: ReplayOptions,
    private readonly signal: AbortSignal,
    private readonly onStored: (entry: ReplayedEntry) => Promise<void>,
  ) {}

  async play(recording: AsyncIterable<RecordedEntry>): Promise<void> {
    let origin: { readonly time: number; readonly milliseconds: number } | undefined;
    for await (const entry of recording) {
      const milliseconds = millisecondsOf(entry.id);
      origin ??= { time: performance.now(), milliseconds };
      if (this.failure) throw this.failure.error;
      await reachTime(origin.time + (milliseconds - origin.milliseconds) / this.options.speed, this.signal);
      await this.push(entry);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.underWay);
    await Promise.all([...this.pushers.values()].map((pusher) => pusher.close()));
  }

  private async push({ stream: recorded, id: from, data }: RecordedEntry): Promise<void> {
    const stream = this.options.to ?? checkStreamName(recorded);
    const pusher = this.pushers.get(stream) ?? this.streams.push(stream, { signal: this.signal });
    this.pushers.set(stream, pusher);
    const sent = pusher.send(await data());
    const stored = (async (): Promise<void> => {
      const id = await sent;
      this.count += 1;
      await this.onStored({ stream, id, from });
    })();
    stored.catch((error: unknown) => (this.failure ??= { error }));
    this.underWay.push(stored);
    if (this.underWay.length >= WINDOW) await this.underWay.shift();
  }
}
