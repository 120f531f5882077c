import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { EXIT } from './errors/exit-codes.js';
import { run } from './run.js';

describe('A command line', () => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-home-'));
  afterAll(() => rmSync(home, { recursive: true }));

  async function go(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end();
    const { signal } = new AbortController();
    const code = await run(argv, { env: {}, stdin, stdout, stderr, home, signal } as never);
    return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  }

  it.each([
    [[]],
    [['pusch']],
    [['push']],
    [['push', 'a', '--rate', '0']],
    [['push', 'a', '--split', 'much']],
    [['push', 'a', '--nope']],
    [['push', 'a', 'file', '--rate']],
    [['streams']],
    [['streams', 'rm']],
    [['pull', 'a', '--encoding', 'rot13']],
    [['pull', 'a', '-n', '-1']],
    [['info', 'more']],
    [['--timeout', 'never', 'info']],
  ])('cannot be understood: %j', async (argv) => {
    const { code, stdout, stderr } = await go(...argv);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toMatch(/error: |Usage: /);
  });

  it.each([
    [['pull', 'a', '--group', 'g', '--no-follow']],
    [['pull', 'a', 'a']],
    [['pull', 'a/b']],
    [['pull', '']],
    [['pull', 'a', '--after', 'yesterday']],
    [['push', 'a', '--lines', '--split', '5']],
    [['push', 'a', '--loop']],
    [['push', 'a', '-', '-']],
    [['replay', '-', '--loop']],
    [['call', 'sum', '[1,']],
    [['call', 'sum', '5']],
  ])('asks for what does not go together: %j', async (argv) => {
    const { code, stderr } = await go(...argv, '--endpoint', '127.0.0.1:1');
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringMatching(/^error: .+\n$/)]);
    const { stderr: json } = await go(...argv, '--endpoint', '127.0.0.1:1', '--json');
    expect(JSON.parse(json)).toEqual({
      error: { code: 'USAGE', message: expect.any(String) as string, exitCode: EXIT.usage },
    });
  });

  it.each([
    [['info', '--endpoint', 'nonsense'], '--endpoint: "nonsense" is not of the form address:port'],
    [['login', 'nonsense', '--user', 'me'], 'the address: "nonsense" is not of the form address:port'],
    [
      ['info', '--endpoint', 'localhost:1', '--api-key-file', join(home, 'key')],
      'The API key of --api-key-file would go',
    ],
  ])('is told by the name of the option: %j', async (argv, message) => {
    writeFileSync(join(home, 'key'), 'mr_x\n');
    const { code, stderr } = await go(...argv);
    expect([code, stderr]).toEqual([EXIT.configuration, expect.stringContaining(message)]);
  });

  it.each([[['push']], [['pusch']], [['push', 'a', '--rate', '0']], [[]]])(
    'tells a program in JSON what cannot be understood: %j',
    async (argv) => {
      const { code, stderr } = await go(...argv, '--json');
      expect([code, JSON.parse(stderr)]).toEqual([
        EXIT.usage,
        { error: { code: 'USAGE', message: expect.stringMatching(/^(?!error)./) as string, exitCode: EXIT.usage } },
      ]);
    },
  );

  it('leaves no listener on the streams of the program it runs in', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const { signal } = new AbortController();
    for (let times = 0; times < 3; times += 1)
      await run(['info'], { env: {}, stdin, stdout, stderr, home, signal } as never);
    await new Promise((resolve) => setImmediate(resolve));
    expect([stdout, stderr].map((stream) => stream.listenerCount('error'))).toEqual([0, 0]);
  });

  it('proposes what was meant', async () => {
    expect((await go('pusch')).stderr).toContain('Did you mean push?');
  });

  it.each([[['--help']], [['help']], [['help', 'push']], [['streams', 'ls', '--help']], [['--version']]])(
    'is answered with 0: %j',
    async (argv) => {
      const { code, stdout, stderr } = await go(...argv);
      expect([code, stderr]).toEqual([EXIT.done, '']);
      expect(stdout).not.toBe('');
    },
  );

  it('says what to do when no server is known', async () => {
    const { code, stderr } = await go('streams', 'ls');
    expect([code, stderr]).toEqual([EXIT.configuration, expect.stringContaining('millrace login <address>')]);
  });
});

describe('The help', () => {
  it('shows an example for each command that does something', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const context = {
      env: {},
      stdin: new PassThrough(),
      stdout,
      stderr,
      home: '/',
      signal: new AbortController().signal,
    };
    const without: string[] = [];
    for (const command of [
      'login',
      'push',
      'pull',
      'replay',
      'call',
      'streams ls',
      'streams info',
      'streams end',
      'streams rm',
      'users add',
    ]) {
      await run([...command.split(' '), '--help'], context as never);
      if (!String(stdout.read()).includes('Example')) without.push(command);
    }
    expect(without).toEqual([]);
  });
});
