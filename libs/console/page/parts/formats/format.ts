const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1536000` as `1.5 MB`. */
export function bytes(value: number): string {
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(rest)) : rest.toFixed(rest < 10 ? 1 : 0)} ${UNITS[unit]!}`;
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1234567` as `1,234,567`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 key`, `1,200 keys`. */
export function counted(value: number, one: string, more: string): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** `1234567` as `1.2M`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 1000 ? String(Math.round(value * 10) / 10) : SHORT.format(value);
}

/** Per second: `0.2/s`, `1.2K/s`. */
export function rate(value: number): string {
  return `${value > 0 && value < 0.1 ? '<0.1' : shortCount(value)}/s`;
}

/** A span of milliseconds in its two largest units: `3 min 5 s`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** How long ago a time was: `3 min 5 s ago`. */
export function ago(time: number, now = Date.now()): string {
  return now - time < 1000 ? 'now' : `${span(now - time)} ago`;
}

/** A time with its date, in the zone of the browser. */
export function dateTime(time: number | string | Date): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toLocaleString();
}

/** The time of an entry by its ID, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number(id.split('-', 1)[0]);
}
