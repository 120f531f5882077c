import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endProcess } from '../../support/end-process.js';
import { dataDirectory, startReference } from '../../support/reference.js';
import type { RedisWay } from '../../support/redis.js';
import { variablesOf } from '../../support/redis-variables.js';

/** A process that serves, and ends by a signal. */
export interface Instance {
  readonly port: number;
  /** Ends it as an operator does. @returns its exit code */
  stop(): Promise<number | null>;
  output(): string;
}

/** Starts an instance that keeps what it has in a Redis. */
export type InstanceStart = (way: RedisWay) => Promise<Instance>;

/** The reference application, which runs on Fastify. */
export const startReferenceInstance: InstanceStart = async (way) => {
  const data = dataDirectory();
  const running = await startReference(data.path, {
    ...variablesOf(way),
    MILLRACE_DEMO: 'on',
    MILLRACE_PUBLIC: 'connectivity,rpc,sources,streams',
    MILLRACE_JWT_SECRET: 'the same secret at each of the instances',
    MILLRACE_SHUTDOWN_DELAY: '1',
    MILLRACE_SHUTDOWN_TIMEOUT: '10',
    LOG_LEVEL: 'warn',
  });
  return {
    port: Number(new URL(running.url).port),
    output: () => running.output(),
    async stop() {
      const code = await running.stop();
      data.remove();
      return code;
    },
  };
};

/** A host of our modules on Express. */
export const startExpressInstance: InstanceStart = async (way) => {
  const child: ChildProcess = fork(join(__dirname, 'rolling-host.mjs'), ['0', JSON.stringify(way)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const printed of [child.stdout, child.stderr])
    printed?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const port = await Promise.race([
    once(child, 'message').then(([message]) => (message as { port: number }).port),
    ended.then((code) => Promise.reject(new Error(`It ended with ${code}:\n${text}`))),
  ]);
  return {
    port,
    output: () => text,
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      await endProcess(child);
      return code;
    },
  };
};
