import { LONGEST_TIMER, parseDuration, type Duration } from '@millrace/protocol';
import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * Reads a time span that a timer is to wait.
 *
 * @returns milliseconds
 * @throws ConfigurationError naming the setting when it is negative, too long or not understood
 */
export function milliseconds(setting: string, value: Duration): number {
  const read = parseDuration(value);
  if (read !== undefined && read <= LONGEST_TIMER) return read;
  throw new ConfigurationError(
    setting,
    'give milliseconds from 0 to 24 days, or text such as "250ms", "10s", "5m" or "2h"',
  );
}
