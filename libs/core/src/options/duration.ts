import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span: milliseconds, or text such as `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'30d'`. */
export type Duration = number | string;

/** Reads a {@link Duration}; answers milliseconds. */
export function parseDuration(value: Duration): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(value.trim()) ?? [];
  return amount && unit ? Number(amount) * (UNITS[unit] ?? 1) : undefined;
}

/** Schema of a {@link Duration} option; its output is milliseconds. */
export const durationSchema = z.union([z.number(), z.string()]).transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({
    code: 'custom',
    message: 'give milliseconds, or text such as "250ms", "10s", "5m", "2h" or "30d"',
  });
  return z.NEVER;
});
