import type { Command } from 'commander';
import { NotFoundError } from '../errors/not-found.error.js';
import { confirm } from '../input/confirm.js';
import { counted, humanSize, printable } from '../output/human.js';
import { table } from '../output/table.js';
import type { Session } from '../session.js';
import { checkStreamName } from './stream-name.js';
import type { CommandRunner } from './command-runner.js';

type Information = Readonly<Record<string, string | number | null>>;

/** `millrace streams ls|info|rm`. */
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
    .command('rm')
    .description('remove streams, with all their entries')
    .argument('<stream...>')
    .option('-y, --yes', 'do not ask')
    .action(runner(remove))
    .addHelpText('after', '\nExample:\n  millrace streams rm camera depth --yes');
}

async function list(session: Session, { long = false }: { long?: boolean }): Promise<void> {
  const { output } = session;
  const server = await session.server();
  if (!long) {
    const names = (await server.rest.get('streams')) as string[];
    return output.result(names, () => names.map((name) => `${printable(name)}\n`).join(''));
  }
  const streams = (await server.rest.get('streams?info=true')) as Information[];
  const rows = streams.map((stream) => [
    text(stream['sid']),
    text(stream['length']),
    typeof stream['bytes'] === 'number' ? humanSize(stream['bytes']) : '-',
    text(stream['last-entry-time']).slice(0, 19),
  ]);
  await output.list(streams.map(readable), ['stream', 'entries', 'size', 'newest'], rows);
}

async function info(session: Session, names: string[]): Promise<void> {
  const { rest } = await session.server();
  const found: Information[] = [];
  for (const name of names.map(checkStreamName)) {
    const information = (await rest.get(`streams/${encodeURIComponent(name)}`)) as Information;
    if (information['error']) throw new NotFoundError(`There is no stream "${name}"`);
    found.push(information);
  }
  const [only, ...more] = found.map(readable);
  await session.output.result(more.length === 0 ? only : [only, ...more], () =>
    [only, ...more].map((one) => table(Object.entries(one ?? {}).map(([key, value]) => [key, text(value)]))).join('\n'),
  );
}

async function remove(session: Session, names: string[], { yes }: { yes?: boolean }): Promise<void> {
  const { output } = session;
  const path = names.map((name) => encodeURIComponent(checkStreamName(name))).join('+');
  const { rest } = await session.server();
  const question = `Remove ${names.map((name) => `"${printable(name)}"`).join(', ')} with all entries?`;
  if (!(await confirm(session, question, yes))) return output.note('Nothing was removed');
  const numbers = (await rest.delete(`streams/${path}`)) as number[];
  const outcomes = names.map((stream, index) => {
    const [metadata = 0, entries = 0, existed = 0] = numbers.slice(index * 3, index * 3 + 3);
    return { stream, removed: existed > 0 || metadata > 0, entries };
  });
  const removed = outcomes.filter((one) => one.removed).map(({ stream, entries }) => ({ stream, entries }));
  if (removed.length > 0) {
    await output.result(removed, () =>
      removed
        .map(({ stream, entries }) => `Removed ${printable(stream)}, ${counted(entries, 'entry', 'entries')}\n`)
        .join(''),
    );
  }
  const missing = outcomes.filter((one) => !one.removed).map(({ stream }) => `"${stream}"`);
  if (missing.length > 0) throw new NotFoundError(`There is no stream ${missing.join(', ')}`);
}

/** The metadata is JSON text inside of JSON on the wire. */
function readable(information: Information): Record<string, unknown> {
  const { meta } = information;
  if (typeof meta !== 'string') return information;
  try {
    return { ...information, meta: JSON.parse(meta) as unknown };
  } catch {
    // Written by another program: shown as it is.
    return information;
  }
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
