import type { Command } from 'commander';
import { table } from '../output/human.js';
import type { CommandSession, CommandRunner } from '../command-session.js';

/** `millrace info`: which server it is, and whether it takes the credential. */
export function addInfoCommand(program: Command, runner: CommandRunner): void {
  program.command('info').description('show which server it is').action(runner(info));
}

async function info(session: CommandSession): Promise<void> {
  const found = await session.find();
  const millrace = await session.connect({ found });
  const { majorVersion, minorVersion, build, proxy } = await millrace.info();
  const server = millrace.url.replace(/\/$/, '');
  await session.output.result({ server, majorVersion, minorVersion, build, proxy }, () =>
    table([
      ['server', server],
      ['version', `${majorVersion}.${minorVersion}`],
      ['build', build],
      ['endpoints', proxy.proxyEndpoints.join(', ') || '-'],
      ['credential', found.credential ? `from ${found.credential.origin}` : 'none'],
    ]),
  );
}
