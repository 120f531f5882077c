const LONGEST = 40;

/** A value that was given, for an error: as JSON, and cut where it is long. */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  }
  return JSON.stringify(value.length > LONGEST + 1 ? `${value.slice(0, LONGEST)}…` : value);
}
