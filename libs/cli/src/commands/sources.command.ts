import type { Command } from 'commander';
import { durationArgument } from '../arguments/argument-parsers.js';
import { utcSecond } from '../output/human.js';
import { readJson } from '../input/read-json.js';
import type { CommandSession, CommandRunner } from '../command-session.js';

/** `millrace sources ls|query`. */
export function addSourcesCommand(program: Command, runner: CommandRunner): void {
  const sources = program.command('sources').description('list and query the sources of the connector hub');
  sources
    .command('ls')
    .description('the sources, and whether a connector serves them')
    .action(runner(list))
    .addHelpText('after', '\nExample:\n  millrace sources ls --json');
  sources
    .command('query')
    .description('ask a source, and get its rows as they come')
    .argument('<source>')
    .argument('[parameters]', 'JSON; @file: from a file; "-": from standard input')
    .option('--wait <time>', 'how long to wait for the next row, for example 10s', durationArgument)
    .action(runner(query))
    .addHelpText(
      'after',
      `
Each row is a line of JSON on standard output.

Examples:
  millrace sources query thermostat
  millrace sources query thermostat '{"last": "1h"}' | jq .celsius`,
    );
}

async function list(session: CommandSession): Promise<void> {
  const { output, signal } = session;
  const found = await (await session.connect()).sources.list({ signal });
  const rows = found.map(({ name, state, since, openQueries, lastError = '' }) => [
    name,
    state,
    utcSecond(new Date(since)),
    String(openQueries),
    lastError,
  ]);
  await output.list(found, ['source', 'state', 'since (UTC)', 'queries', 'last error'], rows);
}

async function query(
  session: CommandSession,
  source: string,
  text: string | undefined,
  { wait: timeout }: { wait?: number },
): Promise<void> {
  const { output, signal } = session;
  const parameters = text === undefined ? {} : await readJson(text, 'Parameters', session.context);
  const { sources } = await session.connect();
  for await (const row of sources.query(source, parameters, { signal, timeout })) await output.jsonLine(row);
}
