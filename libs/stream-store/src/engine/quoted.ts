const LONGEST = 40;

/** A value that was given, for an error: as JSON, and cut where it is long. */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') {
    const text = asJson(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  }
  return JSON.stringify(value.length > LONGEST + 1 ? `${value.slice(0, LONGEST)}…` : value);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    // What can be read may be nested too deeply to be written.
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}
