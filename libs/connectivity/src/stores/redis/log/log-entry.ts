import type { Command } from '../../../engine/state/apply-command.js';
import { NewerReleaseError } from './registry-errors.js';

/**
 * Version of the log entries and snapshots that this release writes; it reads those below too. Without one it is 1. Up to 2 an
 * entry held one command, and one log was that of the whole registry.
 */
export const LOG_VERSION = 3;

/** A place in the log: number and id of an entry. */
export interface Position {
  readonly count: number;
  readonly id: string;
}

/** One entry of the log. */
export interface LogEntry extends Position {
  /** When it was taken, in milliseconds by the registry's clock. */
  readonly time: number;
  readonly commands: readonly NamedCommand[];
}

/** A command, and an id by which its sender knows it again. */
export interface NamedCommand {
  readonly id: string;
  readonly command: Command;
}

/** A command as text: see {@link entryText}. */
export function commandText(id: string, command: Command): string {
  return JSON.stringify({ id, command });
}

/** One entry with several commands, each as text. */
export function entryText(commands: readonly string[]): string {
  return `[${commands.join()}]`;
}

/** @returns undefined for what the registry did not write @throws NewerReleaseError */
export function parseEntry(id: string, fields: readonly string[]): LogEntry | undefined {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) values.set(fields[at] ?? '', fields[at + 1] ?? '');
  if (Number(values.get('v') ?? 1) > LOG_VERSION) throw new NewerReleaseError();
  const count = Number(values.get('n'));
  // Commands of earlier releases carry their time in the id alone.
  const time = Number(values.get('t') ?? id.split('-', 1)[0]);
  const commands = parseCommands(values.get('c'));
  if (!Number.isSafeInteger(count) || !Number.isFinite(time) || !commands) return undefined;
  return { id, time, count, commands };
}

/** @returns undefined for what the registry did not write */
export function parseCommands(text = ''): readonly NamedCommand[] | undefined {
  try {
    const content: unknown = JSON.parse(text);
    const commands = Array.isArray(content) ? (content as unknown[]) : [content];
    return commands.every(isCommand) ? commands : undefined;
  } catch {
    return undefined;
  }
}

function isCommand(value: unknown): value is NamedCommand {
  const { id, command } = (value ?? {}) as { id?: unknown; command?: Partial<Command> };
  return typeof id === 'string' && typeof command?.op === 'string';
}
