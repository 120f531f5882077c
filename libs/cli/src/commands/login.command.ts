import type { Command } from 'commander';
import { isLoopback } from '../server/is-loopback.js';
import { expiryOf } from '../server/token-claims.js';
import { TokenStore } from '../server/token-store.js';
import { UsageError } from '../errors/usage.error.js';
import { NotFoundError } from '../errors/not-found.error.js';
import { ask, readSecret } from '../input/read-secret.js';
import { printable } from '../output/human.js';
import type { Session } from '../session.js';
import type { CommandRunner } from './command-runner.js';

/** `millrace login` and `millrace logout`. */
export function addLoginCommands(program: Command, runner: CommandRunner): void {
  program
    .command('login')
    .description('get a token for a name and a password, and keep it for later commands')
    .argument('[endpoint]', 'the server: host:port or a URL')
    .option('-u, --user <name>', 'the name; without it, it is asked for')
    .action(runner(login))
    .addHelpText(
      'after',
      `
The password is asked for on the terminal, or read from the first line of standard input. The token goes to
~/.millrace/tokens.json, which only you can read, and is sent to this one server only.

Examples:
  millrace login localhost:7890 --user me
  pass show hub | millrace login https://hub.example.org --user me`,
    );
  program
    .command('logout')
    .description('forget the token of a server')
    .argument('[endpoint]', 'the server; without it, the one that other commands would use')
    .action(runner(logout));
}

async function login(session: Session, endpoint: string | undefined, options: { user?: string }): Promise<void> {
  const { context, output } = session;
  const server = await session.server(endpoint);
  if (server.url.startsWith('http:') && !isLoopback(new URL(server.url).hostname))
    output.warn(`${server.url} has no TLS: the password travels in clear text`);
  const user = options.user ?? (await askName(session));
  const password = await readSecret(context, 'password');
  const answer = await server.anonymous().postForm('token', { username: user, password });
  const token = (answer as { access_token?: unknown } | undefined)?.access_token;
  if (typeof token !== 'string' || token === '') throw new Error(`${server.url} gave no token`);
  const expires = expiryOf(token);
  await new TokenStore(context.home).put(server.url, { user, token, expires });
  await output.result({ server: server.url, user, expires: expires ?? null }, () => {
    const until = expires === undefined ? '' : `, until ${expires.slice(0, 16).replace('T', ' ')} UTC`;
    return `Logged in to ${server.url} as ${printable(user)}${until}\n`;
  });
}

async function logout(session: Session, endpoint: string | undefined): Promise<void> {
  const { url } = await session.server(endpoint);
  if (!(await new TokenStore(session.context.home).remove(url))) throw new NotFoundError(`There is no login at ${url}`);
  await session.output.result({ server: url, removed: true }, () => `Forgot the token of ${url}\n`);
}

async function askName({ context }: Session): Promise<string> {
  if (!context.stdin.isTTY) throw new UsageError('Say who you are: --user <name>');
  const name = await ask(context, 'Name: ');
  if (name === '') throw new UsageError('A login needs a name');
  return name;
}
