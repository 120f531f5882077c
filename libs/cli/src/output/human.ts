const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB`. */
export function humanSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `0.3 s`, `2 min 5 s`. */
export function humanDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** `1 entry`, `3 entries`. */
export function countedEntries(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`;
}

/** A time of ISO 8601 to the minute: `2030-01-31 12:00 UTC`. */
export function utcMinute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** A time to the second, UTC: `2030-01-31 12:00:00`. */
export function utcSecond(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

/** Text of others as it may go to a terminal: control characters could move the cursor or rename the window. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** What to say where nobody said what a new user or key may do. @param command without scopes */
export function sayScopesMissing(what: 'user' | 'key', command: string): string {
  return (
    `Say what the new ${what} may do, for example: ${printable(command)} --scope 'streams:read:camera*' --scope rpc; ` +
    `--scope '*' is everything`
  );
}

/** Scopes as a person reads them. */
export function sayScopes(scopes: readonly string[]): string {
  if (scopes.length === 0) return 'nothing';
  return scopes.includes('*') ? 'everything (*)' : scopes.join(' ');
}

/** Rows in columns; the last column is not filled up. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return clean
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))))
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('');
}
