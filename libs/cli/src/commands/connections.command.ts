import type { ConnectionEvent, FoundConnection } from '@millrace/client';
import type { Command } from 'commander';
import { printable } from '../output/human.js';
import type { Output } from '../output/output.js';
import type { CommandSession, CommandRunner } from '../command-session.js';

interface QueryOptions {
  readonly match?: string;
  readonly type?: string;
}

/** `millrace connections ls|watch`. */
export function addConnectionsCommand(program: Command, runner: CommandRunner): void {
  const connections = program
    .command('connections')
    .description('who is reachable where: list and watch the connections of the registry');
  const match = ['-m, --match <pattern>', 'names that match as a whole, in the syntax of Python'] as const;
  const type = ['-t, --type <name>', 'this data type only'] as const;
  connections
    .command('ls')
    .description('the partitions, or the live connections of one')
    .argument('[partition]')
    .option(...match)
    .option(...type)
    .action(runner(list))
    .addHelpText(
      'after',
      `
Examples:
  millrace connections ls
  millrace connections ls session-1 --match 'trigger.*' --type TPSet`,
    );
  connections
    .command('watch')
    .description('what comes and goes in a partition, until Ctrl-C')
    .argument('<partition>')
    .option(...match)
    .option(...type)
    .option('--after <index>', 'go on after an event, instead of beginning with all there is')
    .action(runner(watch))
    .addHelpText(
      'after',
      `
A line for each event: what is there, and what is published, changed, retracted or has expired. With --json, an event a
line. A connection that is cut is made again, and no event is left out; where the server no longer knows what happened
meanwhile, "gap" says so, and all there is follows.

Example:
  millrace connections watch session-1 --json | jq .connection.uri`,
    );
}

async function list(
  session: CommandSession,
  partition: string | undefined,
  { match, type }: QueryOptions,
): Promise<void> {
  const { output, signal } = session;
  const { registry } = await session.connect();
  if (partition === undefined) {
    const partitions = await registry.partitions({ signal });
    const rows = partitions.map(({ name, entries }) => [name, String(entries)]);
    return output.list(partitions, ['partition', 'entries'], rows);
  }
  const found = await registry.list(partition, { pattern: match, dataType: type }, { signal });
  await output.list(found, ['name', 'address', 'data type', 'kind'], found.map(row));
}

async function watch(
  session: CommandSession,
  partition: string,
  options: QueryOptions & { after?: string },
): Promise<void> {
  const { output, signal } = session;
  const { registry } = await session.connect();
  const { match: pattern, type: dataType, after } = options;
  for await (const event of registry.watch(partition, { pattern, dataType, after, signal })) {
    if (output.json) await output.jsonLine(event);
    else for (const line of linesOf(event, output)) await output.line(line);
  }
}

const KINDS = ['send and receive', 'publish and subscribe'];

function row({ uid, uri, dataType, connectionType }: FoundConnection): string[] {
  return [uid, uri, dataType, KINDS[connectionType] ?? String(connectionType)];
}

function linesOf(event: ConnectionEvent, { style }: Output): string[] {
  if (event.type === 'gap') return [style.warn('gap        some events are no longer known; all there is follows')];
  if (event.type === 'snapshot') return event.connections.map((connection) => line('present', connection));
  const text = line(event.type, event.connection);
  if (event.type === 'published') return [style.good(text)];
  return [event.type === 'changed' ? text : style.bad(text)];
}

function line(what: string, { uid, uri, dataType }: FoundConnection): string {
  return [what.padEnd(9), printable(uid), printable(uri), printable(dataType)].join('  ');
}
