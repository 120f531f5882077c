import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { endProcess } from '../../support/end-process.js';
import { waitFor } from '../../support/waiting.js';

/** A hub in a process of its own, which a test kills and freezes. */
export class HubProcess {
  /** Notifications that its handlers got. */
  readonly handled: unknown[] = [];
  private port = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: { port?: number; handled?: unknown }) => {
      if (message.port !== undefined) this.port = message.port;
      else this.handled.push(message.handled);
    });
  }

  /** @param options those of `redisSources()` */
  static async start(options: object): Promise<HubProcess> {
    const child = fork(join(__dirname, 'hub-instance.mjs'), [JSON.stringify(options)], { execArgv: [] });
    const hub = new HubProcess(child);
    await waitFor('the hub to listen', () => hub.port > 0);
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Asks by HTTP. @returns status and body */
  async ask(method: string, path: string, body?: object): Promise<[status: number, body: any]> {
    const answer = await fetch(`${this.url}/sources${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return [answer.status, text === '' ? undefined : JSON.parse(text)];
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await endProcess(this.child);
  }
}
