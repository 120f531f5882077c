import { timeOfId } from '../../../parts/formats/format.js';

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
});
const DATE = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: '2-digit', day: '2-digit' });

/** The time of an entry to the millisecond, with its date unless it is of today. An own ID need not hold a time. */
export function timeOfEntry(id: string, withDate = false): string {
  const date = new Date(timeOfId(id));
  if (Number.isNaN(date.getTime())) return '–';
  const day = DATE.format(date);
  return withDate || day !== DATE.format(new Date()) ? `${day} ${TIME.format(date)}` : TIME.format(date);
}
