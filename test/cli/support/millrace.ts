import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '@millrace/cli';
import { runPython } from '../../support/python.js';
import { SOAK } from '../../support/soak.js';
import { waitFor } from '../../support/waiting.js';

/** The built program. */
export const MILLRACE_COMMAND = join(__dirname, '../../../libs/cli/dist/bin/millrace.js');
const TERMINAL = join(__dirname, '../python/terminal.py');

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** In a process of its own always: Jest's own `Error` is not that of the errors of files. */
  readonly ownProcess?: boolean;
}

/** What a person saw at a terminal. */
export interface Seen {
  readonly code: number;
  /** Everything the terminal was sent, escape sequences included. */
  readonly screen: string;
}

/** The command, with a home directory of its own. */
export class Millrace {
  readonly home = mkdtempSync(join(tmpdir(), 'millrace-home-'));
  private readonly running = new Set<ChildProcess>();

  constructor(readonly env: Record<string, string> = {}) {}

  /** Runs it to its end, in pipes: in this process, in `npm run test:soak` in one of its own as {@link start} does. */
  async run(args: readonly string[], { input = '', env = {}, ownProcess = SOAK }: RunOptions = {}): Promise<Ended> {
    if (ownProcess) {
      const { child, ended } = this.start(args, env);
      child.stdin.end(input);
      return ended;
    }
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const [out, err] = [collect(stdout), collect(stderr)];
    stdin.end(input);
    const code = await run(args, {
      env: { ...this.environment(), ...env },
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: stderr as unknown as NodeJS.WriteStream,
      home: this.home,
      signal: new AbortController().signal,
    });
    return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
  }

  /** Runs it and fails unless it ends well; answers its standard output. */
  async ok(args: readonly string[], options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.toString();
  }

  /** Starts it, in pipes. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
    const child = spawn(process.execPath, [MILLRACE_COMMAND, ...args], { env: { ...this.environment(), ...env } });
    this.running.add(child);
    child.once('close', () => this.running.delete(child));
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // A command that ends early does not read the rest.
    child.stdin.on('error', () => undefined);
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr })),
    );
    return { child, stdout: () => Buffer.concat(stdout).toString(), stderr: () => stderr, ended };
  }

  /** Runs it to its end with its standard output in a file. */
  async runInto(file: string, args: readonly string[]): Promise<Pick<Ended, 'code' | 'stderr'>> {
    const output = openSync(file, 'w');
    const child = spawn(process.execPath, [MILLRACE_COMMAND, ...args], {
      env: this.environment(),
      stdio: ['ignore', output, 'pipe'],
    });
    closeSync(output);
    this.running.add(child);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    this.running.delete(child);
    return { code, stderr };
  }

  /** Runs it on a terminal; each step waits for a pattern, then types keys. */
  async onTerminal(
    args: readonly string[],
    steps: readonly (readonly [pattern: string, keys: string])[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Seen> {
    const job = {
      argv: [process.execPath, MILLRACE_COMMAND, ...args],
      env: { ...this.environment(), TERM: 'xterm-256color', ...env },
      columns: 100,
      rows: 30,
      steps,
      deadline: 60,
    };
    const seen = JSON.parse(await runPython(TERMINAL, JSON.stringify(job))) as Seen & { late: boolean; left: number };
    if (seen.late || seen.left > 0) throw new Error(`The dialogue did not go as expected: ${seen.screen}`);
    return seen;
  }

  /** Gets a token, as a user whose password equals the name. */
  async login(url: string, name = 'tester'): Promise<void> {
    await this.ok(['login', url, '--user', name], { input: `${name}\n` });
  }

  /** Removes its home, and ends what a test that failed has left running. */
  remove(): void {
    for (const child of this.running) child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }

  private environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.home, ...this.env };
  }
}

function collect(stream: PassThrough): Buffer[] {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

/** Waits until a running command has printed a text. */
export async function printed(command: RunningCommand, text: string): Promise<void> {
  await waitFor(`the text "${text}"`, () => command.stdout().includes(text) || command.stderr().includes(text), {
    deadline: 60_000,
  });
}

/** A screen without escape sequences: the text that was sent to it. */
export function plain(screen: string): string {
  // eslint-disable-next-line no-control-regex
  return screen.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|[@-_])/g, '');
}
