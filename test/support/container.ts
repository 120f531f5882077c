import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A program of Node with process numbers of its own, as one in a container has them. */
export interface Contained {
  readonly child: ChildProcess;
  /** What it has written to its standard error. */
  errors(): string;
  /** Its next message. */
  next(): Promise<unknown>;
  /** Sends a signal to the program itself. */
  signal(name: NodeJS.Signals): void;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a program in a PID namespace of its own. It may send messages, as after `fork`. */
export function startContained(program: string, ...args: string[]): Contained {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'This test starts processes in PID namespaces: run it as root on Linux, where util-linux has unshare (docker run --privileged)',
    );
  }
  const child = spawn(
    'unshare',
    ['--pid', '--fork', '--mount-proc', '--kill-child', process.execPath, program, ...args],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // Kept from the start: of several that come while nobody waits, a listener that is added later gets the first alone.
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  let closed = false;
  child.once('close', () => (closed = true));
  const signal = (name: NodeJS.Signals): void => {
    // Whoever waits for it in `unshare` must not be killed first: then nobody would know when the program has ended.
    const [inside] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(inside || child.pid), name);
  };
  return {
    child,
    errors: () => errors,
    async next() {
      while (messages.length === 0) {
        if (closed) throw new Error(`The program has ended: ${errors}`);
        const listening = new AbortController();
        const events = ['message', 'close'].map((event) => once(child, event, listening));
        await Promise.race(events).finally(() => listening.abort());
        for (const event of events) event.catch(() => undefined);
      }
      return messages.shift();
    },
    signal,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      signal('SIGKILL');
      await ended;
    },
  };
}
