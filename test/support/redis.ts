import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export interface RunningRedis {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Ends the server; what it kept on disk stays until {@link stop}. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port and folder. */
  restart(): Promise<void>;
  /** The same with further arguments, and without waiting until it has loaded its data. */
  restartLoading(extraArgs: string[]): Promise<void>;
  /** Freezes it (`SIGSTOP`) or lets it go on (`SIGCONT`). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const ATTEMPTS = 5;
const READY_MILLISECONDS = 60_000;

/**
 * Starts a real Redis on a free port of the loopback interface, with a data folder of its own. It keeps nothing on disk
 * unless asked to.
 *
 * @example
 * ```ts
 * const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
 * ```
 */
export async function startRedis(extraArgs: string[] = []): Promise<RunningRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-redis-'));
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      const server = await spawnRedis(port, directory, extraArgs);
      return running(port, directory, extraArgs, server);
    } catch (error) {
      // Between the search and the start somebody else may have taken the port.
      if (attempt < ATTEMPTS && String(error).includes('Address already in use')) continue;
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }
}

function running(port: number, directory: string, args: string[], first: ChildProcess): RunningRedis {
  let server: ChildProcess | undefined = first;
  const kill = async () => {
    const ending = server;
    server = undefined;
    if (ending && ending.exitCode === null && ending.signalCode === null) {
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
    }
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    restart: async () => {
      await kill();
      server = await spawnRedis(port, directory, args);
    },
    restartLoading: async (extraArgs) => {
      await kill();
      server = await spawnRedis(port, directory, [...args, ...extraArgs], 'Server initialized');
    },
    signal: (signal) => void server?.kill(signal),
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function spawnRedis(
  port: number,
  directory: string,
  extraArgs: string[],
  ready = 'Ready to accept connections',
): Promise<ChildProcess> {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = spawn(process.env['REDIS_SERVER'] ?? 'redis-server', [...settings, ...extraArgs], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      outcome();
    };
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      settle(() => reject(new Error(`redis-server was not ready in time: ${output}`)));
    }, READY_MILLISECONDS);
    const listen = (chunk: Buffer) => {
      // Goes on reading after start, or the full pipe would hold the server up.
      if (output.length < 10_000) output += chunk.toString();
      if (output.includes(ready)) settle(() => resolve(server));
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.once('error', (error) =>
      settle(() =>
        reject(new Error('redis-server is not installed; on Debian: apt-get install redis-server', { cause: error })),
      ),
    );
    server.once('exit', (code) => settle(() => reject(new Error(`redis-server ended with ${code}: ${output}`))));
  });
}
