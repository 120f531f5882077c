import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../apps/reference/dist/main.js');
const READY = /^Millrace is listening on (\S+)$/m;

export interface RunningReference {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  /** Stops it as an operator would, and answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built reference application in a process and a folder of its own. */
export async function startReference(environment: Record<string, string> = {}): Promise<RunningReference> {
  const directory = await mkdtemp(join(tmpdir(), 'reference-'));
  const child = spawn(process.execPath, [MAIN], {
    cwd: directory,
    env: { ...process.env, NODE_ENV: 'development', PORT: '0', MILLRACE_STORE: 'memory', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, found] = READY.exec(output) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => reject(new Error(`The reference application ended with ${code}:\n${output}`)));
  });
  return {
    url,
    wsUrl: url.replace('http', 'ws'),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await exited;
      await rm(directory, { recursive: true, force: true });
      return code;
    },
  };
}
