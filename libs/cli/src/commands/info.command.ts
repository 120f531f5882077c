import type { Command } from 'commander';
import { table } from '../output/table.js';
import type { Session } from '../session.js';
import type { CommandRunner } from './command-runner.js';

/** `millrace info`: which server it is, and whether it takes the credential. */
export function addInfoCommand(program: Command, runner: CommandRunner): void {
  program.command('info').description('show which server it is').action(runner(info));
}

async function info(session: Session): Promise<void> {
  const server = await session.server();
  const answer = (await server.rest.get('info')) as {
    majorVersion?: number;
    minorVersion?: number;
    build?: string;
    proxy?: { proxyEndpoints?: string[] };
  };
  await session.output.result({ server: server.url, ...answer }, () =>
    table([
      ['server', server.url],
      ['version', `${answer.majorVersion}.${answer.minorVersion}`],
      ['build', String(answer.build)],
      ['endpoints', (answer.proxy?.proxyEndpoints ?? []).join(', ')],
    ]),
  );
}
