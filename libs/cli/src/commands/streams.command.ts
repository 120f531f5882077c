import type { StreamInfo } from '@millrace/client';
import type { Command } from 'commander';
import { NothingFoundError } from '../errors/cli.errors.js';
import { confirm } from '../input/read-secret.js';
import { countedEntries, humanSize, printable, table, utcSecond } from '../output/human.js';
import type { CommandSession, CommandRunner } from '../command-session.js';
import { checkStreamName, millisecondsOf } from '../arguments/argument-parsers.js';

/** `millrace streams ls|info|end|rm`. */
export function addStreamsCommand(program: Command, runner: CommandRunner): void {
  const streams = program.command('streams').description('list, describe and remove streams');
  streams
    .command('ls')
    .description('names of the streams')
    .option('-l, --long', 'with length, size and the time of the newest entry')
    .action(runner(list))
    .addHelpText('after', '\nExamples:\n  millrace streams ls\n  millrace streams ls --long --json');
  streams
    .command('info')
    .description('what is known about streams')
    .argument('<stream...>')
    .action(runner(info))
    .addHelpText('after', '\nExample:\n  millrace streams info camera');
  streams
    .command('end')
    .description('end streams for good: they take no more entries')
    .argument('<stream...>')
    .option('-y, --yes', 'do not ask')
    .action(runner(end))
    .addHelpText('after', '\nExample:\n  millrace streams end camera --yes');
  streams
    .command('rm')
    .description('remove streams, with all their entries')
    .argument('<stream...>')
    .option('-y, --yes', 'do not ask')
    .action(runner(remove))
    .addHelpText('after', '\nExample:\n  millrace streams rm camera depth --yes');
}

async function list(session: CommandSession, { long = false }: { long?: boolean }): Promise<void> {
  const { output, signal } = session;
  const { streams } = await session.connect();
  if (!long) {
    const names = await streams.list({ signal });
    return output.result(names, () => names.map((name) => `${printable(name)}\n`).join(''));
  }
  const found = await streams.listInfo({ signal });
  const rows = found.map(({ stream, length, bytes, lastEntry }) => [
    stream,
    String(length),
    bytes === undefined ? '-' : humanSize(bytes),
    timeOf(lastEntry),
  ]);
  await output.list(found, ['stream', 'entries', 'size', 'newest'], rows);
}

async function info(session: CommandSession, names: string[]): Promise<void> {
  names.forEach(checkStreamName);
  const { streams } = await session.connect();
  const found: StreamInfo[] = [];
  for (const name of names) {
    const information = await streams.info(name, { signal: session.signal });
    if (!information.exists) throw new NothingFoundError(`There is no stream "${name}"`);
    found.push(information);
  }
  await session.output.result(found.length === 1 ? found[0] : found, () => found.map(describe).join('\n'));
}

async function end(session: CommandSession, names: string[], { yes }: { yes?: boolean }): Promise<void> {
  const { output, signal } = session;
  names.forEach(checkStreamName);
  const question = `End ${names.map((name) => `"${printable(name)}"`).join(', ')} for good?`;
  if (!(await confirm(session, question, yes))) return output.note('Nothing was ended');
  const { streams } = await session.connect();
  const ended: StreamInfo[] = [];
  for (const name of names) ended.push(await streams.end(name, { signal }));
  await output.result(
    ended.map(({ stream, lastGeneratedId }) => ({ stream, last: lastGeneratedId })),
    () => ended.map(({ stream, length }) => `Ended ${printable(stream)}, ${countedEntries(length)}\n`).join(''),
  );
}

async function remove(session: CommandSession, names: string[], { yes }: { yes?: boolean }): Promise<void> {
  const { output, signal } = session;
  names.forEach(checkStreamName);
  const question = `Remove ${names.map((name) => `"${printable(name)}"`).join(', ')} with all entries?`;
  if (!(await confirm(session, question, yes))) return output.note('Nothing was removed');
  const { streams } = await session.connect();
  const outcomes = await streams.delete(names, { signal });
  const removed = outcomes.filter(({ existed, metadata }) => existed || metadata);
  if (removed.length > 0) {
    await output.result(
      removed.map(({ stream, entries }) => ({ stream, entries })),
      () => removed.map(({ stream, entries }) => `Removed ${printable(stream)}, ${countedEntries(entries)}\n`).join(''),
    );
  }
  const missing = outcomes.filter((one) => !removed.includes(one)).map(({ stream }) => `"${stream}"`);
  if (missing.length > 0) throw new NothingFoundError(`There is no stream ${missing.join(', ')}`);
}

function describe({ metadata, ...info }: StreamInfo): string {
  return table([
    ['stream', info.stream],
    ['entries', `${info.length}, of ${info.entriesAdded} that were ever added`],
    ['size', info.bytes === undefined ? '-' : `${humanSize(info.bytes)} (${info.bytes} bytes)`],
    ['first entry', `${info.firstEntry ?? '-'}  ${timeOf(info.firstEntry)}`],
    ['last entry', `${info.lastEntry ?? '-'}  ${timeOf(info.lastEntry)}`],
    ['state', info.ended ? 'ended' : 'open'],
    ['metadata', metadata ? JSON.stringify(metadata) : '-'],
  ]);
}

/** When an entry was stored, in UTC. */
function timeOf(id: string | undefined): string {
  const time = new Date(id === undefined ? Number.NaN : millisecondsOf(id));
  return Number.isNaN(time.getTime()) ? '-' : `${utcSecond(time)} UTC`;
}
