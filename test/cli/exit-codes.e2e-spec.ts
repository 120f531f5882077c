import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  connect as connectTcp,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { CertificateMaker } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { Millrace, MILLRACE_COMMAND, type RunOptions } from './support/millrace.js';

const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;
const listen = (server: TcpServer): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

const NO_ROOM = 'Nothing can be written: the disk is full; make room on it, and try again';

describe('The exit code of millrace', () => {
  const data = dataDirectory();
  const files = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  const millrace = new Millrace();
  let server: RunningReference;
  let at: readonly string[];
  beforeAll(async () => {
    server = await startReference(data.path);
    writeFileSync(join(files, 'token'), `${await login(server.url)}\n`);
    writeFileSync(join(files, 'bad-token'), 'not-a-token\n');
    at = ['--endpoint', server.url, '--token-file', join(files, 'token')];
  });
  afterAll(async () => {
    await server.stop();
    millrace.remove();
    data.remove();
    rmSync(files, { recursive: true });
  });

  /** Runs in both forms, and looks at what a program is told. */
  async function fails(
    args: readonly string[],
    exitCode: number,
    code: unknown,
    options?: RunOptions,
  ): Promise<string> {
    const human = await millrace.run(args, options);
    expect([human.code, human.stdout.toString()]).toEqual([exitCode, '']);
    expect(human.stderr).toMatch(/^error: /m);
    const { stderr, ...machine } = await millrace.run([...args, '--json'], options);
    expect(machine.code).toBe(exitCode);
    const { error } = JSON.parse(stderr) as { error: { code: unknown; message: string; exitCode: number } };
    expect(error).toEqual({ code, message: expect.any(String) as string, exitCode });
    return error.message;
  }

  it('is 0 for help and version', async () => {
    expect(await millrace.ok(['--help'])).toContain('Usage: millrace');
    expect(await millrace.ok(['help', 'push'])).toContain('Usage: millrace push');
    expect(await millrace.ok(['streams', 'ls', '--help'])).toContain('--profile <name>');
    expect(await millrace.ok(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['of help whose reader has gone', 'push --help | head -n 0', 0, ''],
    ['of help that finds no room', 'push --help > /dev/full', 8, `error: ${NO_ROOM}\n`],
    ['of a complaint that nobody can hear', 'nonsense 2> /dev/full', 2, ''],
    ['of a complaint without a place to go', 'nonsense 2>&-', 2, ''],
  ])('is told without a stack: %s', (_what, line, exitCode, said) => {
    const script = `set -o pipefail; "$0" "$1" ${line}`;
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, MILLRACE_COMMAND], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([exitCode, said]);
  });

  it('is 2 for an empty password, and for an entry that is too large for a server', async () => {
    await fails(['login', server.url, '--user', 'me'], 2, 'USAGE', { input: '\n' });
    writeFileSync(join(files, 'large'), Buffer.alloc(17 * 1024 * 1024));
    expect(await fails(['push', 'large', join(files, 'large'), ...at], 2, 'USAGE')).toContain('--split 1M');
  });

  it('is 3 when no server is known, and for settings that are wrong', async () => {
    expect(await fails(['streams', 'ls'], 3, 'NO_ENDPOINT')).toContain('millrace login');
    await fails(['streams', 'ls', '-e', 'nonsense'], 3, 'INVALID_ADDRESS');
    await fails(['streams', 'ls', '-p', 'nobody'], 3, 'CREDENTIALS_FILE_NOT_FOUND');
    await fails(['streams', 'ls', '-p', 'a', '-e', 'b:1'], 3, 'AMBIGUOUS_TARGET');
    await fails(['streams', 'ls', '-e', 'localhost:4411', '--ca-bundle', '/nowhere'], 3, 'INVALID_CA_BUNDLE');
    const env = { MILLRACE_ENDPOINTS: server.url, MILLRACE_API_KEY: 'mr_a_b' };
    await fails(['streams', 'ls'], 3, 'INSECURE_KEY', { env });
  });

  it('is 3 for profiles and tokens that are damaged, and names the file', async () => {
    const other = new Millrace();
    const folder = join(other.home, '.millrace');
    mkdirSync(folder);
    writeFileSync(join(folder, 'credentials.yaml'), 'default:\n  btrdb: [\n');
    const profile = await other.run(['streams', 'ls']);
    expect([profile.code, profile.stderr]).toEqual([3, expect.stringContaining('credentials.yaml, line ')]);
    rmSync(join(folder, 'credentials.yaml'));
    writeFileSync(join(folder, 'tokens.json'), '{"servers": 5}');
    const tokens = await other.run(['streams', 'ls', '-e', server.url]);
    expect([tokens.code, tokens.stderr]).toEqual([3, expect.stringContaining('tokens.json is damaged')]);
    other.remove();
  });

  it('is 4 when nobody answers, for every command, at once', async () => {
    const nobody = ['-e', `127.0.0.1:${await freePort()}`];
    for (const args of [['streams', 'ls'], ['pull', 'a'], ['push', 'a'], ['call', 'sum'], ['info']]) {
      const { code, stderr } = await millrace.run([...args, ...nobody]);
      expect([args[0], code, stderr]).toEqual([args[0], 4, expect.stringMatching(/^error: .*--endpoint/)]);
    }
  });

  it('is 4 when a server takes the connection and never answers', async () => {
    // Reads nothing either, so it notices the end of a connection only when it is told to.
    const sockets: Socket[] = [];
    const silent = createTcpServer((socket) => void sockets.push(socket));
    await listen(silent);
    const { code } = await millrace.run(['streams', 'ls', '-e', `127.0.0.1:${portOf(silent)}`, '--timeout', '300ms']);
    expect(code).toBe(4);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('is 4 for a certificate that is not trusted, and 0 when it is', async () => {
    const maker = await CertificateMaker.create();
    const { key, cert, certFile } = await maker.make({ subjectAltName: 'IP:127.0.0.1' });
    const { port } = new URL(server.url);
    const tls = createTlsServer({ key, cert }, (socket) => {
      const inner = connectTcp(Number(port), '127.0.0.1');
      socket
        .on('error', () => inner.destroy())
        .pipe(inner)
        .on('error', () => socket.destroy())
        .pipe(socket);
    });
    await listen(tls);
    const secure = ['-e', `https://127.0.0.1:${portOf(tls)}`, '--token-file', join(files, 'token')];
    const refused = await millrace.run(['streams', 'ls', ...secure]);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('certificate')]);
    const trusted = [...secure, '--ca-bundle', certFile];
    expect((await millrace.run(['streams', 'ls', ...trusted])).code).toBe(0);
    await millrace.ok(['push', 'secure', ...trusted], { input: 'over TLS' });
    expect(await millrace.ok(['pull', 'secure', '--no-follow', ...trusted])).toBe('over TLS');
    expect(await millrace.ok(['call', 'registry', '--json', ...trusted])).toContain('[');
    tls.close();
    await maker.remove();
  });

  it('is 5 without a credential, and for one that is wrong', async () => {
    for (const args of [
      ['streams', 'ls'],
      ['pull', 'a'],
      ['push', 'a'],
    ]) {
      const bare = await millrace.run([...args, '-e', server.url]);
      const wrong = await millrace.run([...args, '-e', server.url, '--token-file', join(files, 'bad-token')]);
      expect([args[0], bare.code, wrong.code]).toEqual([args[0], 5, 5]);
    }
    const { code, stderr } = await millrace.run(['login', server.url, '-u', 'me'], { input: 'wrong\n' });
    expect([code, stderr]).toEqual([5, expect.stringContaining('Incorrect username or password')]);
  });

  it('is 6 when the server fails, or a method answers with an error', async () => {
    const broken: Server = createServer((_request, response) => response.writeHead(500).end('{"detail": "on fire"}'));
    await listen(broken);
    const { code, stderr } = await millrace.run(['streams', 'ls', '-e', `127.0.0.1:${portOf(broken)}`]);
    expect([code, stderr]).toEqual([6, expect.stringContaining('on fire')]);
    broken.close();
    expect(await fails(['call', 'no-such-method', ...at], 6, -32601)).toContain('"millrace call registry"');
    const misfit = ['call', 'stream-statistics', '{"stream": 5}', ...at];
    expect(await fails(misfit, 6, -32602)).toMatch(/^Invalid params: stream: .*expected string/);
  });

  it('is 7 for what is not there', async () => {
    await fails(['streams', 'info', 'nothing', ...at], 7, 'NOT_FOUND');
    await fails(['streams', 'rm', 'nothing', '--yes', ...at], 7, 'NOT_FOUND');
  });

  it('is 8 for files of this machine', async () => {
    await fails(['push', 'a', '/nowhere/at-all', ...at], 8, 'ENOENT', { ownProcess: true });
    await fails(['call', 'sum', '@/nowhere', ...at], 8, 'ENOENT', { ownProcess: true });
    await fails(['streams', 'ls', '-e', server.url, '--token-file', '/nowhere'], 8, 'ENOENT', { ownProcess: true });
  });
});
