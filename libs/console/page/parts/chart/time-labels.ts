const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps between the times that an axis names. */
export const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 4, 7, 14, 30, 60, 180, 365].map((count) => count * DAY),
];

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const MINUTES = new Intl.DateTimeFormat(undefined, CLOCK);
const SECONDS = new Intl.DateTimeFormat(undefined, { ...CLOCK, second: '2-digit' });
const THOUSANDTHS = new Intl.DateTimeFormat(undefined, { ...CLOCK, second: '2-digit', fractionalSecondDigits: 3 });

/** The times of an axis: whole steps by the clock of the user, so that hours begin at full hours and days at midnight. */
export function timesBetween(from: number, to: number, step: number): number[] {
  const times: number[] = [];
  if (step >= DAY) {
    const day = new Date(from);
    day.setHours(0, 0, 0, 0);
    for (; day.getTime() <= to; day.setDate(day.getDate() + step / DAY))
      if (day.getTime() >= from) times.push(day.getTime());
    return times;
  }
  const ahead = new Date(from).getTimezoneOffset() * MINUTE;
  for (let time = Math.ceil((from - ahead) / step) * step + ahead; time <= to; time += step) times.push(time);
  return times;
}

/** Names of times on an axis, as exact as the steps between them are small; a new day is named. All in milliseconds. */
export function timeLabels(times: readonly number[], step: number): string[] {
  const clock = step < SECOND ? THOUSANDTHS : step < MINUTE ? SECONDS : MINUTES;
  return times.map((time, place) => {
    if (step >= DAY) return DATE.format(time);
    const before = times[place - 1];
    const isNewDay = before !== undefined && new Date(before).getDate() !== new Date(time).getDate();
    return isNewDay ? `${clock.format(time)}\n${DATE.format(time)}` : clock.format(time);
  });
}
