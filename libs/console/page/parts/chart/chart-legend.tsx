import { dateTime } from '../formats/format.js';
import { type ChartLine, lastPlace } from './chart-line.js';

interface ChartLegendProps {
  readonly times: ArrayLike<number>;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Number of the time under the pointer. */
  readonly place: number | undefined;
}

/** The names of the lines with their values under the pointer, or their last ones. */
export function ChartLegend({ times, lines, format, place }: ChartLegendProps) {
  const isPointed = place !== undefined && place < times.length;
  return (
    <figcaption class="chart-legend small">
      {lines.map((line) => {
        const at = isPointed ? place : lastPlace(line);
        const value = at === undefined ? undefined : line.values[at];
        return (
          <span key={line.name} class="chart-name">
            <span class={`swatch colour-${line.colour}`} aria-hidden="true" />
            <span class="break">{line.name}</span>
            <strong>{typeof value === 'number' ? format(value) : '–'}</strong>
          </span>
        );
      })}
      {isPointed && <span class="soft">{dateTime(times[place]!)}</span>}
    </figcaption>
  );
}
