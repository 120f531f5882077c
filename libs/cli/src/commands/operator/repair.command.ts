import { thrownText } from '@millrace/protocol';
import type { RepairReport } from '@millrace/stream-store/repair';
import type { Command } from 'commander';
import type { CommandRunner, CommandSession } from '../../command-session.js';
import { ConfigurationFileError, DataFolderError } from '../../errors/cli.errors.js';
import { countedEntries, printable } from '../../output/human.js';

/** `millrace repair <directory>`. */
export function addRepairCommand(program: Command, runner: CommandRunner): void {
  program
    .command('repair')
    .description('for operators: repair the streams in a data directory that no server runs on')
    .argument('<directory>', 'the directory of the embedded store, for example data/streams')
    .option('--check', 'only report: change nothing, and end with 7 when something is damaged')
    .action(runner(repair))
    .addHelpText(
      'after',
      `
All that is readable goes into a new data file. The damaged one stays beside it as streams.mdb.damaged-<time>: there must be
room for both. A directory without damage is left as it is. Needs the package @millrace/stream-store.

Examples:
  millrace repair data/streams --check
  millrace repair data/streams`,
    );
}

async function repair(
  { output }: CommandSession,
  directory: string,
  { check = false }: { check?: boolean },
): Promise<void> {
  const { repairDirectory } = await loadRepair();
  const progress = output.progress({ title: 'Reading', total: 1, unit: 'share' });
  let report: RepairReport;
  try {
    report = await repairDirectory(directory, { check, onProgress: (share) => progress.update(share) });
  } catch (error) {
    // A server runs there: nothing is wrong with a connection.
    if ((error as { code?: unknown }).code !== 'UNAVAILABLE') throw error;
    throw new DataFolderError(thrownText(error), { cause: error });
  } finally {
    progress.stop();
  }
  await output.result(report, () => `${linesOf(report).map(printable).join('\n')}\n`);
  if (check && report.problems.length > 0)
    throw new DataFolderError(`${report.file} is damaged; "millrace repair ${directory}" keeps all that is readable`);
}

/** The package is large, and only this command needs it. */
async function loadRepair(): Promise<typeof import('@millrace/stream-store/repair')> {
  try {
    return await import('@millrace/stream-store/repair');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigurationFileError('This needs a further package: npm install @millrace/stream-store', {
      cause: error,
    });
  }
}

function linesOf({ file, problems, streams, damagedFile }: RepairReport): string[] {
  if (problems.length === 0) return [`${file} is not damaged`];
  const found = streams.flatMap(({ stream, entries, lost }) => [
    `${stream}: ${countedEntries(entries)} readable`,
    ...lost.map(({ after, first }) => `  lost: what lay after ${after} and before ${first ?? 'the end'}`),
  ]);
  const done = damagedFile === undefined ? [] : [`Repaired; the damaged file is ${damagedFile}`];
  return [...problems, ...found, ...done];
}
