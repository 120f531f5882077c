import type { Command } from '../../engine/state/command.js';

/** One command of the log. */
export interface LogEntry {
  readonly id: string;
  /** When Redis took it, in milliseconds since 1970 by its clock. */
  readonly time: number;
  /** Its number, from 1 without a gap. */
  readonly count: number;
  /** By which its sender knows it again. */
  readonly commandId: string;
  readonly command: Command;
}

export function parseEntry(id: string, fields: readonly string[]): LogEntry {
  const [, count = '', , text = ''] = fields;
  const { id: commandId, command } = JSON.parse(text) as { id: string; command: Command };
  return { id, time: Number(id.split('-', 1)[0]), count: Number(count), commandId, command };
}
