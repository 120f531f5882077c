import { parseDuration, type Duration } from '@millrace/protocol';
import { ConfigurationError } from '../errors/client.error.js';

/**
 * Reads a time span.
 *
 * @returns milliseconds
 * @throws ConfigurationError naming the setting when it is negative or not understood
 */
export function milliseconds(setting: string, value: Duration): number {
  const read = parseDuration(value);
  if (read !== undefined) return read;
  throw wrong(setting, 'milliseconds from 0, or text such as "250ms", "10s", "5m", "2h" or "30d"', value);
}

/** Reads a number of attempts; Infinity for null. @throws ConfigurationError */
export function attempts(setting: string, value: number | null): number {
  if (value === null) return Infinity;
  if (Number.isInteger(value) && value > 0) return value;
  throw wrong(setting, 'a whole number from 1, or null to try without end', value);
}

/** Reads a whole number from 1. @throws ConfigurationError naming the setting */
export function wholeNumber(setting: string, value: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  const bound = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  throw wrong(setting, `a whole number from 1${bound}`, value);
}

function wrong(setting: string, accepted: string, given: unknown): ConfigurationError {
  const shown = typeof given === 'string' ? JSON.stringify(given) : String(given);
  return new ConfigurationError(setting, `give ${accepted}, not ${shown}`);
}
