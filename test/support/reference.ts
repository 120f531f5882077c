import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listeningUrls } from '../../apps/reference/src/listening-line.js';
import { endProcess } from './end-process.js';
import { endWithSuite } from './leftovers.js';
import { waitFor } from './waiting.js';

const MAIN = join(__dirname, '../../apps/reference/dist/main.js');

/** The built reference application in a process of its own. */
export interface RunningReference {
  readonly url: string;
  readonly wsUrl: string;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends it as an operator does, and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A free port, and more time for Redis to answer than a busy machine needs: by itself a start gives it a second. */
const UNHURRIED = { PORT: '0', REDIS_START_TIMEOUT: '1m' };

/** A folder for the data of one test. */
export function dataDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-data-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the reference application on a free port and waits until it says that it listens, by its log if that is a file. */
export async function startReference(
  directory: string,
  environment: Record<string, string> = {},
  log?: string,
): Promise<RunningReference> {
  const { url, child, ended, output } = await launchReference(directory, environment, log);
  return {
    url,
    wsUrl: url.replace('http', 'ws'),
    output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

async function launchReference(
  directory: string,
  environment: Record<string, string>,
  log?: string,
): Promise<{ url: string; child: ChildProcess; ended: Promise<number | null>; output: () => string }> {
  const { NODE_ENV: _jest, ...inherited } = process.env;
  const file = log === undefined ? undefined : openSync(log, 'a');
  const child = spawn(process.execPath, [MAIN], {
    env: { ...inherited, ...UNHURRIED, MILLRACE_DATA_DIR: directory, MILLRACE_DEMO: 'off', ...environment },
    cwd: directory,
    stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'],
  });
  const ended = endOf(child);
  void ended.then(endWithSuite(() => endProcess(child)));
  if (file !== undefined) closeSync(file);
  let text = '';
  for (const printed of [child.stdout, child.stderr])
    printed?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const output = (): string => (log === undefined ? text : readFileSync(log, 'utf8'));
  try {
    const url = await waitFor(
      'the line that says it listens',
      () => {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`The application ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
        }
        return listeningUrls(output())[0];
      },
      // Less than a hook has: nobody would stop what starts after it.
      { deadline: 90_000 },
    );
    return { url, child, ended, output };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

/** The least that production asks for. */
export const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40) };

/** The log of production: each line is JSON. */
export function logLines(output: string): { readonly level: string; readonly message: string }[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; message: string });
}

/** How a start that fails is made. */
interface FailingStart {
  /** User that runs it. */
  readonly uid?: number;
  /** Arguments of Node. */
  readonly node?: readonly string[];
  /** What happens meanwhile. */
  readonly during?: (child: ChildProcess, output: () => string) => Promise<void>;
}

/** Starts it where it is expected to fail, and answers its exit code and what it printed. */
export async function failingReference(
  directory: string,
  environment: Record<string, string>,
  { uid, node = [], during }: FailingStart = {},
): Promise<{ code: number | null; output: string; stderr: string }> {
  const { NODE_ENV: _jest, ...inherited } = process.env;
  const child = spawn(process.execPath, [...node, MAIN], {
    env: { ...inherited, PORT: '0', MILLRACE_DATA_DIR: directory, ...environment },
    cwd: directory,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [output, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    stderr += chunk.toString();
  });
  const ended = endOf(child);
  await during?.(child, () => output);
  return { code: await ended, output, stderr };
}

/** The exit code of a process, once it has ended and all that it printed has been read. */
function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

/** A token of the reference application in development. */
export async function login(url: string, name = 'tester'): Promise<string> {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: name, password: name }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
