import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { durationArgument } from './arguments/argument-parsers.js';
import type { CommandRunner } from './command-session.js';
import { addCallCommand } from './commands/call.command.js';
import { addConnectionsCommand } from './commands/connections.command.js';
import { addInfoCommand } from './commands/info.command.js';
import { addLoginCommands } from './commands/login.command.js';
import { addKeysCommand } from './commands/operator/keys.command.js';
import { addRepairCommand } from './commands/operator/repair.command.js';
import { addTokensCommand } from './commands/operator/tokens.command.js';
import { addUsersCommand } from './commands/operator/users.command.js';
import { addPullCommand } from './commands/pull/pull.command.js';
import { addPushCommand } from './commands/push/push.command.js';
import { addReplayCommand } from './commands/replay/replay.command.js';
import { addSourcesCommand } from './commands/sources.command.js';
import { addStreamsCommand } from './commands/streams.command.js';

const DEFAULT_TIMEOUT = 10_000;

/** All commands, with their arguments and help. */
export function createProgram(runner: CommandRunner): Command {
  const program = new Command('millrace')
    .description('Streams, connections, sources and remote calls of a Millrace server.')
    .version(VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows more)')
    .addOption(new Option('-e, --endpoint <address>', 'the server: host:port or a URL, several separated by commas'))
    .addOption(new Option('-p, --profile <name>', 'a profile of ~/.millrace/credentials.yaml, and nothing else'))
    .option('--tls', 'use TLS (default: with https:// and on port 4411)')
    .option('--no-tls', 'no TLS, also on port 4411')
    .option('--ca-bundle <file>', 'PEM file with the certificate authorities to trust')
    .option('--token-file <file>', 'file with a token')
    .option('--api-key-file <file>', 'file with an API key')
    .addOption(
      new Option('--timeout <time>', 'limit of each attempt to reach the server, for example 500ms, 10s or 5m')
        .argParser(durationArgument)
        .default(DEFAULT_TIMEOUT, '10s'),
    )
    .option('--json', 'for programs: JSON on standard output, errors as JSON on standard error')
    .option('-q, --quiet', 'only errors on standard error')
    .option('-v, --verbose', 'say where the address and the credential come from')
    .option('--no-progress', 'no progress bar');
  addLoginCommands(program, runner);
  addInfoCommand(program, runner);
  addStreamsCommand(program, runner);
  addPushCommand(program, runner);
  addPullCommand(program, runner);
  addReplayCommand(program, runner);
  addConnectionsCommand(program, runner);
  addSourcesCommand(program, runner);
  addCallCommand(program, runner);
  addKeysCommand(program, runner);
  addUsersCommand(program, runner);
  addTokensCommand(program, runner);
  addRepairCommand(program, runner);
  return program.addHelpText('after', EPILOGUE);
}

const EPILOGUE = `
Examples:
  millrace login localhost:7890                     asks for name and password, and keeps the token
  millrace push camera pictures/ --rate 10          ten pictures a second
  millrace pull camera -o recording/                record, until Ctrl-C
  millrace replay recording/                        and play it back at its pace
  millrace call sum '[1, 2, 3]'                     a remote call

The server comes from --profile, or else from the arguments, MILLRACE_ENDPOINTS (or BTRDB_ENDPOINTS), the default profile,
or the last login. A credential comes from --token-file or --api-key-file, MILLRACE_TOKEN, MILLRACE_API_KEY, the login, or
the profile.

Exit codes: 0 done, 1 unforeseen, 2 usage, 3 configuration, 4 connection, 5 refused, 6 server error, 7 not there or not possible,
8 local file, 130 interrupted.
`;

/** Version of this package. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
