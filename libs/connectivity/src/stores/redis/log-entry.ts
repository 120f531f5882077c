import type { Command } from '../../engine/state/apply-command.js';
import { NewerReleaseError } from './registry-errors.js';

/** Version of the log entries and snapshots that this release writes; it reads those below too. Without one it is 1. */
export const LOG_VERSION = 2;

/** A place in the log: number and id of an entry. */
export interface Position {
  readonly count: number;
  readonly id: string;
}

/** One command of the log. */
export interface LogEntry extends Position {
  /** When it was taken, in milliseconds by the registry's clock. */
  readonly time: number;
  /** By which its sender knows it again. */
  readonly commandId: string;
  readonly command: Command;
}

/** A command as text, with an id by which its sender knows it again. */
export function commandText(id: string, command: Command): string {
  return JSON.stringify({ id, command });
}

/** @returns undefined for what the registry did not write @throws NewerReleaseError */
export function parseEntry(id: string, fields: readonly string[]): LogEntry | undefined {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) values.set(fields[at] ?? '', fields[at + 1] ?? '');
  if (Number(values.get('v') ?? 1) > LOG_VERSION) throw new NewerReleaseError();
  const count = Number(values.get('n'));
  // Commands of earlier releases carry their time in the id alone.
  const time = Number(values.get('t') ?? id.split('-', 1)[0]);
  const content = parsed(values.get('c'));
  if (!Number.isSafeInteger(count) || !Number.isFinite(time) || !content) return undefined;
  return { id, time, count, commandId: content.id, command: content.command };
}

function parsed(text = ''): { readonly id: string; readonly command: Command } | undefined {
  try {
    const { id, command } = JSON.parse(text) as { id?: unknown; command?: Partial<Command> };
    return typeof id === 'string' && typeof command?.op === 'string' ? { id, command: command as Command } : undefined;
  } catch {
    return undefined;
  }
}
