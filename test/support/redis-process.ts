import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { endWithSuite } from './leftovers.js';

/** One process of Redis, which a test may end, freeze and start again. */
export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Whether it answers: neither ended nor frozen. */
  readonly answers: boolean;
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

/** What a process is started with. */
export interface RedisCommand {
  /** Arguments, which may depend on the port. */
  readonly args: (port: number) => readonly string[] | Promise<readonly string[]>;
  /** What stands in its file of settings at first; the server itself writes there what it has to remember. */
  readonly file?: (port: number, directory: string) => readonly string[];
  /** What it says when it is ready. */
  readonly ready?: string;
}

const ATTEMPTS = 5;
const READY_MILLISECONDS = 60_000;
const READY = 'Ready to accept connections';
const SETTINGS = 'redis.conf';

/** Starts a process on a free port of the loopback interface, with a folder of its own. */
export async function startProcess(command: RedisCommand): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-redis-'));
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const settings = command.file?.(port, directory);
    if (settings) await writeFile(join(directory, SETTINGS), `${settings.join('\n')}\n`);
    // A file of settings comes before all other arguments.
    const args = [...(settings ? [join(directory, SETTINGS)] : []), ...(await command.args(port))];
    const ready = command.ready ?? READY;
    try {
      return controlOf(port, directory, { args, ready }, await spawnRedis(directory, args, ready));
    } catch (error) {
      // Between the search and the start somebody else may have taken the port.
      if (attempt < ATTEMPTS && String(error).includes('Address already in use')) continue;
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }
}

function controlOf(
  port: number,
  directory: string,
  { args, ready }: { readonly args: readonly string[]; readonly ready: string },
  first: ChildProcess,
): RedisServer {
  let server: ChildProcess | undefined = first;
  let frozen = false;
  const kill = async () => {
    const ending = server;
    server = undefined;
    frozen = false;
    if (ending && ending.exitCode === null && ending.signalCode === null) {
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
    }
  };
  const stop = async () => {
    ended();
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  const ended = endWithSuite(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get answers() {
      return server !== undefined && !frozen;
    },
    kill,
    restart: async () => {
      await kill();
      server = await spawnRedis(directory, args, ready);
    },
    restartLoading: async (extraArgs) => {
      await kill();
      server = await spawnRedis(directory, [...args, ...extraArgs], 'Server initialized');
    },
    signal: (signal) => {
      server?.kill(signal);
      frozen = signal === 'SIGSTOP';
    },
    stop,
  };
}

function spawnRedis(directory: string, args: readonly string[], ready: string): Promise<ChildProcess> {
  const server = spawn(process.env['REDIS_SERVER'] ?? 'redis-server', [...args], {
    cwd: directory,
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
