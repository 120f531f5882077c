import { AccountError } from '../account.error.js';
import { quoted } from '../check-text.js';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads when a key is to run out.
 *
 * @param text a time span from now (`90d`, `12h`), a day (its beginning, UTC) or a time as in ISO 8601
 * @throws AccountError when it is none of these, or past
 */
export function parseExpiry(text: string, now: number = Date.now()): Date {
  const [, amount, unit = ''] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? [];
  const span = amount && UNITS[unit];
  const at = span ? new Date(now + Number(amount) * span) : new Date(TIME.test(text.trim()) ? text.trim() : NaN);
  if (Number.isNaN(at.getTime())) {
    throw new AccountError(
      `The expiry must be a time span such as 90d or 12h, or a time such as 2030-01-31T12:00:00Z, not ${quoted(text)}`,
    );
  }
  if (at.getTime() <= now) throw new AccountError(`The expiry ${quoted(text)} lies in the past`);
  return at;
}
