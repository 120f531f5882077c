import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What a store in a directory serves, or why it does not start. */
export interface Opened {
  readonly served?: (readonly [stream: string, id: string, data: string])[];
  readonly error?: string;
  readonly code?: string;
  /** What has ended the process meanwhile. */
  readonly signal?: string;
}

const LONGEST_MILLISECONDS = 60_000;

/** Opens directories of the embedded store in another process, which is started again when a damaged file has ended it. */
export class Opener {
  private process: ChildProcess | undefined;

  constructor(private readonly uid = 0) {}

  async open(directory: string): Promise<Opened> {
    const child = (this.process ??= fork(join(__dirname, 'open-server.mjs'), [], { execArgv: [], uid: this.uid }));
    const tooLong = setTimeout(() => child.kill('SIGKILL'), LONGEST_MILLISECONDS);
    const opened = await new Promise<Opened>((resolve) => {
      const end = () => {
        this.process = undefined;
        const { signalCode, exitCode } = child;
        resolve(signalCode ? { signal: signalCode } : { error: `The process ended with ${exitCode}` });
      };
      // By the directory before, after it had told of it.
      if (child.exitCode !== null || child.signalCode !== null) return end();
      child.once('close', end);
      child.once('message', (answer: Opened) => {
        child.off('close', end);
        resolve(answer);
      });
      child.send(directory);
    });
    clearTimeout(tooLong);
    return opened;
  }

  close(): void {
    this.process?.kill('SIGKILL');
  }
}
