import { InvalidArgumentError } from 'commander';
import { streamNameFault } from '@millrace/protocol';
import { UsageError } from '../errors/cli.errors.js';

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const DURATION_UNITS: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A whole number from 1. @throws InvalidArgumentError */
export function countArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, 1 or more.');
}

/** Bytes: `512`, `64k`, `1M`, `1MiB`. @throws InvalidArgumentError */
export function sizeArgument(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  const size = number === '' ? 0 : Number(number) * (SIZE_UNITS[unit.toLowerCase()] ?? 0);
  if (size > 0) return size;
  throw new InvalidArgumentError('Give a number of bytes, for example 65536, 64k or 1M.');
}

/** Milliseconds, from `500ms`, `10s`, `5m`, `1h`; a bare number is seconds. @throws InvalidArgumentError */
export function durationArgument(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const duration = number === '' ? 0 : Number(number) * (DURATION_UNITS[unit] ?? 0);
  if (duration > 0 && Number.isFinite(duration)) return duration;
  throw new InvalidArgumentError('Give a time span, for example 500ms, 10s or 5m.');
}

/** A number above 0, also with a fraction. @throws InvalidArgumentError */
export function positiveArgument(text: string): number {
  const value = /^\d+(?:\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}

/** Gathers an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** An entry ID in parts: milliseconds and sequence, each up to 64 bits. */
export function readId(id: string): readonly [milliseconds: bigint, sequence: bigint] | undefined {
  const [, milliseconds, sequence = '0'] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(id) ?? [];
  return milliseconds === undefined ? undefined : [BigInt(milliseconds), BigInt(sequence)];
}

/** Milliseconds of an entry ID. */
export function millisecondsOf(id: string): number {
  return Number(readId(id)?.[0] ?? 0n);
}

/** @throws UsageError when a stream cannot have the name (stream-store§1) */
export function checkStreamName(name: string): string {
  const fault = streamNameFault(name);
  if (fault !== undefined) throw new UsageError(`A stream cannot be named "${name}": ${fault}`);
  return name;
}
