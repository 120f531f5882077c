import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from '../../support/waiting.js';

/** `text`: as existing Python connectors; `binary`: as existing Java ones. */
export const PYTHON_CONNECTORS = ['text', 'binary'] as const;
export type PythonConnectorKind = (typeof PYTHON_CONNECTORS)[number];

export interface PythonConnectorOptions {
  readonly sources: readonly string[];
  /** @default 'token' */
  readonly token?: string | readonly string[];
  readonly user?: readonly [name: string, password: string];
  readonly secret?: string;
  /** File with the authority to trust at a `wss` URL. */
  readonly certificate?: string;
}

/** What a connector says it met. */
export interface PythonConnectorEvent {
  readonly event:
    | 'attempt'
    | 'connect'
    | 'close'
    | 'publish'
    | 'notified'
    | 'pong'
    | 'refused'
    | 'failure'
    | 'error'
    | 'ignored'
    | 'unsent'
    | 'textFrame';
  /** Seconds on a clock of the connector's own. */
  readonly at: number;
  readonly source: string;
  readonly config?: unknown;
  readonly object?: unknown;
  readonly status?: number;
  readonly code?: number;
  readonly fault?: string;
}

/** A process with one of the connectors of `test/connector/python`. */
export class PythonConnector {
  readonly events: PythonConnectorEvent[] = [];
  /** Its exit code and what it wrote to standard error. */
  readonly ended: Promise<{ code: number | null; said: string }>;

  private constructor(private readonly child: ChildProcess) {
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) =>
        this.events.push(JSON.parse(line) as PythonConnectorEvent),
      );
    }
    this.ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said: said.trim() }));
  }

  /** Starts it and waits for nothing. */
  static start(kind: PythonConnectorKind, url: string, options: PythonConnectorOptions): PythonConnector {
    const script = join(__dirname, '../python', `${kind}_connector.py`);
    const given = JSON.stringify({ token: 'token', ...options, url });
    const python = process.env['PYTHON'] ?? '/usr/bin/python3';
    return new PythonConnector(spawn(python, ['-B', script, given], { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Starts it and waits until it serves all its sources. */
  static async connect(
    kind: PythonConnectorKind,
    url: string,
    options: PythonConnectorOptions,
  ): Promise<PythonConnector> {
    const connector = PythonConnector.start(kind, url, options);
    try {
      for (const source of options.sources) await connector.until('connect', { source });
    } catch (error) {
      await connector.stop('SIGKILL');
      throw error;
    }
    return connector;
  }

  of(event: PythonConnectorEvent['event'], source?: string): PythonConnectorEvent[] {
    return this.events.filter((each) => each.event === event && (source === undefined || each.source === source));
  }

  /** Waits until it has met something so many times. @returns the last of them */
  until(
    event: PythonConnectorEvent['event'],
    { source, count = 1 }: { source?: string; count?: number } = {},
  ): Promise<PythonConnectorEvent> {
    return waitFor(`${count} × ${event} of ${source ?? 'any source'}`, () => this.of(event, source)[count - 1]);
  }

  /** Ends it by a signal and waits until it is gone; `SIGTERM` lets it close its sockets. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  /** Freezes the process (`SIGSTOP`) or lets it go on (`SIGCONT`). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }
}
