import { dateTime } from '../formats/format.js';
import { type ChartLine, lastPlace } from './chart-line.js';

/** A chart in words, for those who do not see it: what it shows, when, and the last value of each line. */
export function describeChart(
  label: string,
  times: ArrayLike<number>,
  lines: readonly ChartLine[],
  format: (value: number) => string,
): string {
  if (times.length === 0) return `${label}: nothing yet`;
  const values = lines.map((line) => {
    const place = lastPlace(line);
    return `${line.name} ${place === undefined ? 'without a value' : format(line.values[place]!)}`;
  });
  return `${label}, until ${dateTime(times[times.length - 1]!)}: ${values.join(', ')}`;
}
