import type { Command } from 'commander';
import type { CommandSession, CommandRunner } from '../command-session.js';
import { UsageError, NothingFoundError } from '../errors/cli.errors.js';
import { ask, readSecret } from '../input/read-secret.js';
import { printable, utcMinute } from '../output/human.js';
import { TokenStore } from '../server/token-store.js';

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

async function login(session: CommandSession, endpoint: string | undefined, options: { user?: string }): Promise<void> {
  const { context, output, signal } = session;
  const found = { ...(await session.find(endpoint)), credential: undefined };
  for (const url of found.urls)
    if (url.startsWith('http:') && !isLoopback(new URL(url).hostname))
      output.warn(`${url} has no TLS: the password travels in clear text`);
  const name = options.user ?? (await askName(session));
  const password = await readSecret(context, 'password');
  if (password === '')
    throw new UsageError('The password is empty; write it in the first line of standard input, or type it');
  const millrace = await session.connect({ found, check: false });
  const token = await millrace.login({ name, password }, { signal });
  const expires = expiryOf(token);
  await new TokenStore(context.home).put(found.urls, { user: name, token, expires });
  const [server] = found.urls;
  await output.result({ server, user: name, expires: expires ?? null }, () => {
    const until = expires === undefined ? '' : `, until ${utcMinute(expires)}`;
    return `Logged in to ${server} as ${printable(name)}${until}\n`;
  });
}

async function logout(session: CommandSession, endpoint: string | undefined): Promise<void> {
  const { urls } = await session.find(endpoint);
  const [server] = urls;
  if (!(await new TokenStore(session.context.home).remove(urls)))
    throw new NothingFoundError(`There is no login at ${server} to forget`);
  await session.output.result({ server, removed: true }, () => `Forgot the token of ${server}\n`);
}

async function askName({ context }: CommandSession): Promise<string> {
  if (!context.stdin.isTTY)
    throw new UsageError(
      'Give the name with --user <name>; standard input is not a terminal, so it cannot be asked for',
    );
  const name = await ask(context, 'Name: ');
  if (name === '') throw new UsageError('The name is empty; type one, or give it with --user <name>');
  return name;
}

/** Whether a host is this machine, so that what is sent to it is seen by nobody on the way. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** When a JSON Web Token runs out, as ISO 8601; undefined when it does not say. Nothing is verified: that is the server's part. */
export function expiryOf(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const seconds = (payload as { exp?: unknown } | null)?.exp;
    return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
  } catch {
    // Not a JSON Web Token: tokens are the server's affair.
    return undefined;
  }
}
