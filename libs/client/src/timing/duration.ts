import { ConfigurationError } from '../errors/configuration.error.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest span a JavaScript timer can wait; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** A time span: milliseconds, or text such as `'250ms'`, `'0.1s'`, `'5m'`. */
export type Duration = number | string;

/**
 * Reads a time span.
 *
 * @returns milliseconds
 * @throws ConfigurationError naming the setting when it is negative, endless or not understood
 */
export function milliseconds(setting: string, value: Duration): number {
  const read = typeof value === 'number' ? value : fromText(value);
  if (read >= 0 && read <= LONGEST) return read;
  throw new ConfigurationError(
    setting,
    'give milliseconds from 0 to 24 days, or text such as "250ms", "10s", "5m" or "2h"',
  );
}

function fromText(value: string): number {
  const [, amount, unit] = /^(\d{1,12}(?:\.\d{1,6})?)\s*(ms|s|m|h|d)$/.exec(value.trim()) ?? [];
  return amount && unit ? Number(amount) * (UNITS[unit] ?? Number.NaN) : Number.NaN;
}
