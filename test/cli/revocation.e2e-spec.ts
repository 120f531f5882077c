import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { Millrace } from './support/millrace.js';

const password = { input: 'correct horse\n' };
const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) };

describe('The command millrace ends tokens', () => {
  const data = dataDirectory();
  const millrace = new Millrace();
  const at = ['--data-dir', data.path];
  let server: RunningReference;
  beforeAll(async () => {
    await millrace.ok(['users', 'add', 'operator', '--scope', '*', ...at], password);
    server = await startReference(data.path, PRODUCTION);
    await millrace.ok(['login', server.url, '-u', 'operator'], password);
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
  });

  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
  const status = async (token: string): Promise<number> => (await fetch(`${server.url}/streams`, bearer(token))).status;
  async function tokenOf(username: string, secret = 'correct horse'): Promise<string> {
    const body = new URLSearchParams({ username, password: secret });
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
  const idOf = (token: string): string =>
    (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti;

  it.each<[string, (name: string, token: string) => [args: string[], input?: string]]>([
    ['users remove, in the data folder', (name) => [['users', 'remove', name, ...at]]],
    ['users remove, at the server', (name) => [['users', 'remove', name]]],
    [
      'a new password, in the data folder',
      (name) => [['users', 'add', name, '--scope', '*', ...at], 'another horse\n'],
    ],
    ['a new password, at the server', (name) => [['users', 'add', name, '--scope', '*'], 'another horse\n']],
    ['tokens revoke --user, in the data folder', (user) => [['tokens', 'revoke', '--user', user, ...at]]],
    ['tokens revoke --user, at the server', (user) => [['tokens', 'revoke', '--user', user]]],
    ['tokens revoke --id, in the data folder', (_user, token) => [['tokens', 'revoke', '--id', idOf(token), ...at]]],
    ['tokens revoke --id, at the server', (_user, token) => [['tokens', 'revoke', '--id', idOf(token)]]],
  ])('of a server that runs: %s', async (how, argsOf) => {
    const name = `user of ${how}`;
    await millrace.ok(['users', 'add', name, '--scope', '*', ...at], password);
    const token = await tokenOf(name);
    const others = await tokenOf('operator');
    const socket = await SocketClient.open(`${server.wsUrl}/data/camera/pull`, bearer(token));
    expect(await status(token)).toBe(200);
    const [args, input = ''] = argsOf(name, token);
    // A second process, as operators have it.
    const { code, stderr } = await millrace.run(args, { input, ownProcess: true });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(await socket.closed).toEqual({ code: 3000, reason: 'The token was revoked' });
    await waitFor('the refusal', async () => (await status(token)) === 401);
    expect(await status(others)).toBe(200);
    const again = await tokenOf(name, input.trim() || undefined);
    expect(await status(again)).toBe(how.includes('remove') ? 401 : 200);
  });

  it('of a server that does not run just now', async () => {
    await millrace.ok(['users', 'add', 'gone', '--scope', '*', ...at], password);
    const [gone, stays] = [await tokenOf('gone'), await tokenOf('operator')];
    await server.stop();
    await millrace.ok(['users', 'remove', 'gone', ...at]);
    server = await startReference(data.path, PRODUCTION);
    expect([await status(gone), await status(stays)]).toEqual([401, 200]);
    // The same name again is somebody else.
    await millrace.ok(['users', 'add', 'gone', '--scope', '*', ...at], password);
    expect(await status(await tokenOf('gone'))).toBe(200);
    expect(await status(gone)).toBe(401);
    await millrace.ok(['login', server.url, '-u', 'operator'], password);
  });

  it.each([[[]], [['--user', 'a', '--id', 'b']], [['--id', 'x'.repeat(300), ...at]], [['--user', '', ...at]]])(
    'and says what is missing or wrong: %j',
    async (args) => {
      expect((await millrace.run(['tokens', 'revoke', ...args])).code).toBe(2);
    },
  );
});
