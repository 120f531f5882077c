import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process of a test's, and waits until it has: until then it writes into its folder and keeps the test's alive. */
export async function endProcess(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
