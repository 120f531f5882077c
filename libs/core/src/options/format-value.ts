import { parseDuration, type Duration } from '@millrace/protocol';
import type { OptionMeta } from './option-meta.js';

const TIMES = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;
const SIZES = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;
const LONGEST = 60;

/** A default, for a table; undefined where it is filled in by parts. */
export function formatDefault(value: unknown, meta: OptionMeta, path: readonly string[]): string | undefined {
  if (meta.secret) return undefined;
  if (meta.unit === 'milliseconds') return formatTime(value as Duration);
  if (typeof value === 'number') {
    return meta.unit === 'bytes' || /bytes$/i.test(path.at(-1) ?? '') ? formatSize(value) : count(value);
  }
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (isEmpty) return Array.isArray(value) ? 'none' : undefined;
  return `\`${quote(value)}\``;
}

/** A value a host gave, for an error: short, without secrets. */
export function formatGiven(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(cut(withoutLogin(value)));
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** Text without a user name and password before `@`; a password that is not escaped may hold `/`, `@` and spaces. */
function withoutLogin(text: string): string {
  return text.replace(/\/\/.*@/s, '//').replace(/^[^/]*:.*@/s, '');
}

function formatTime(value: Duration): string {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined) return String(value);
  if (milliseconds === 0) return '0';
  const [unit, size] = TIMES.find(([, each]) => milliseconds >= each && milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / size} ${unit}`;
}

function formatSize(bytes: number): string {
  const [unit, size] = SIZES.find(([, each]) => bytes >= each && bytes % each === 0) ?? ['', 1];
  return unit ? `${count(bytes / size)} ${unit}` : `${count(bytes)}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(quote).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([name, part]) => `${name}: ${quote(part)}`)
    .join(', ')} }`;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
