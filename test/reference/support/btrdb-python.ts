import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerInfo as Info } from '@millrace/protocol';

const run = promisify(execFile);
const SCRIPT = join(__dirname, 'btrdb_info.py');

/** What one call ended with. */
export type Answer = { readonly info: Info } | { readonly code: string; readonly details: string; seconds: number };

export interface Call {
  readonly method?: string;
  readonly metadata?: readonly (readonly [string, string])[];
}

export interface Target {
  /** `host:port` */
  readonly address: string;
  readonly tls?: boolean;
  /** File with the authorities to trust; else those of the library. */
  readonly ca?: string;
}

/** Several calls on one connection, by Python's gRPC. */
export async function pythonCalls(target: Target, calls: readonly Call[]): Promise<Answer[]> {
  const [answers = []] = await runCases<Answer[]>([{ run: 'calls', ...target, calls }]);
  return answers;
}

/** Many Python clients at once, three calls each. */
export async function pythonClients(target: Target, clients: number): Promise<Answer[]> {
  const [answers = []] = await runCases<Answer[]>([{ run: 'many', ...target, clients }]);
  return answers;
}

/** As `btrdb.connect(…).info()`, with its way to find the server. */
export async function pythonConnect(
  parameters: { conn_str?: string; apikey?: string; profile?: string; secure_port?: string },
  environment: Readonly<Record<string, string>>,
): Promise<Answer | undefined> {
  const [answer] = await runCases<Answer>([{ run: 'connect', ...parameters }], environment);
  return answer;
}

async function runCases<T>(cases: readonly object[], environment: Readonly<Record<string, string>> = {}): Promise<T[]> {
  const { stdout } = await run(process.env['PYTHON'] ?? '/usr/bin/python3', [SCRIPT, JSON.stringify(cases)], {
    timeout: 280_000,
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as T[];
}
