import { Fragment } from 'preact';
import { link } from '../../../app/route.js';
import type { TimeRange } from '../../../parts/chart/line-chart.js';
import { shortNumber } from '../../../parts/chart/short-number.js';
import { count, dateTime } from '../../../parts/formats/format.js';
import { type Column, Table } from '../../../parts/controls/table.js';
import { keyOfLine, type PlottedLine } from '../choice/plotted-line.js';
import { figuresOf, type LineFigures } from '../numbers/figures.js';
import type { PlotData } from '../numbers/plot-data.js';
import { placeOf } from '../../../parts/formats/place-of.js';

interface FiguresTableProps {
  readonly data: PlotData;
  readonly lines: readonly PlottedLine[];
  readonly range: TimeRange;
}

interface Row extends PlottedLine {
  readonly figures: LineFigures;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    name: 'Line',
    cell: ({ name, colour }) => (
      <span class="chart-name">
        <span class={`swatch colour-${colour}`} aria-hidden="true" />
        <span class="break">{name}</span>
      </span>
    ),
  },
  { name: 'Last', numeric: true, cell: ({ figures: { last } }) => text(last) },
  { name: 'Least', numeric: true, cell: ({ figures: { least } }) => text(least) },
  { name: 'Greatest', numeric: true, cell: ({ figures: { greatest } }) => text(greatest) },
  { name: 'Mean', numeric: true, cell: ({ figures: { mean } }) => text(mean) },
  { name: 'Numbers', numeric: true, cell: ({ figures: { points } }) => count(points) },
  { name: 'Entries without', numeric: true, cell: ({ figures: { holes } }) => count(holes) },
];

/** What each line amounts to in the span that is shown. */
export function FiguresTable({ data, lines, range }: FiguresTableProps) {
  const rows = lines.map((line): Row => {
    const { samples } = data.streams.get(line.stream)!;
    const { times } = samples;
    const values = samples.valuesOf(line.field) ?? new Float64Array(0);
    // A time is shown to the millisecond, so the end belongs to the span.
    const figures = figuresOf(values.subarray(placeOf(times, range.from), placeOf(times, range.to + 0.001)));
    return { ...line, figures };
  });
  return (
    <section class="card stack" aria-label="Figures of the lines">
      <p class="soft small">
        From {dateTime(range.from)} to {dateTime(range.to)}; the entries from there on:{' '}
        {[...new Set(lines.map(({ stream }) => stream))].map((stream) => (
          <Fragment key={stream}>
            <a class="break" href={link(['streams', stream, 'live'], { from: `${Math.floor(range.from)}-0` })}>
              {stream}
            </a>{' '}
          </Fragment>
        ))}
      </p>
      <Table
        label="Figures of the lines in the span that is shown"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ stream, field }) => keyOfLine(stream, field)}
      />
    </section>
  );
}

function text(value: number | undefined): string {
  return value === undefined ? '–' : shortNumber(value);
}
