const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span: milliseconds, or text such as `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'30d'`. */
export type Duration = number | string;

/** The longest span that a timer of JavaScript can wait, in milliseconds (about 24 days); after a longer one it fires at once. `startTimer` waits longer. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Milliseconds of a {@link Duration}; undefined for text that is not one, and for a number below 0 or without end. */
export function parseDuration(value: Duration): number | undefined {
  const milliseconds = typeof value === 'number' ? value : spanOf(value);
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}

function spanOf(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  return Number(amount) * (UNITS[unit] ?? NaN);
}
