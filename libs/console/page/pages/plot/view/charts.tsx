import { useMemo } from 'preact/hooks';
import { LineChart, type TimeRange } from '../../../parts/chart/line-chart.js';
import type { PlottedLine } from '../choice/plotted-line.js';
import { joinLines } from '../numbers/join-lines.js';
import type { PlotData } from '../numbers/plot-data.js';
import { placeOf } from '../../../parts/formats/place-of.js';
import { type Points, thinOut } from '../numbers/thin-out.js';

interface ChartsProps {
  readonly data: PlotData;
  readonly lines: readonly PlottedLine[];
  readonly range: TimeRange;
  /** Each line has a chart of its own. */
  readonly isApart: boolean;
  readonly onZoom: (range: TimeRange | undefined) => void;
}

/** Pixels. */
const HEIGHT = 320;
const HEIGHT_APART = 160;

const NONE = new Float64Array(0);

/** The lines on one axis, or each on its own below the others, always over the same time. */
export function Charts({ data, lines, range, isApart, onZoom }: ChartsProps) {
  const parts = isApart ? lines.map((line) => [line]) : [lines];
  return (
    <>
      {parts.map((some) => (
        <Chart
          key={isApart ? some[0]!.name : ''}
          data={data}
          lines={some}
          range={range}
          height={isApart ? HEIGHT_APART : HEIGHT}
          onZoom={onZoom}
        />
      ))}
    </>
  );
}

function Chart({ data, lines, range, height, onZoom }: Omit<ChartsProps, 'isApart'> & { readonly height: number }) {
  const names = lines.map(({ name, colour }) => `${colour} ${name}`).join('\n');
  const { times, shown } = useMemo(() => {
    const joined = joinLines(lines.map((line) => pointsOf(data, line, range)));
    return {
      times: joined.times,
      shown: lines.map(({ name, colour }, place) => ({ name, colour, values: joined.values[place]! })),
    };
  }, [data, data.version, names, range.from, range.to]);
  const shownRange = useMemo(() => ({ from: range.from, to: range.to }), [range.from, range.to]);
  const label = lines.length === 1 ? `Plot of ${lines[0]!.name}` : `Plot of ${lines.length} lines`;
  return (
    <LineChart label={label} times={times} lines={shown} height={height} range={shownRange} zoomable onZoom={onZoom} />
  );
}

/** The points of a line in a span, and one more on each side, to which the line leads out of sight. */
function pointsOf(data: PlotData, { stream, field }: PlottedLine, { from, to }: TimeRange): Points {
  const samples = data.streams.get(stream)!.samples;
  const { times } = samples;
  const values = samples.valuesOf(field);
  if (!values) return thinOut(NONE, NONE);
  const begin = Math.max(0, placeOf(times, from) - 1);
  const end = Math.min(times.length, placeOf(times, to) + 1);
  return thinOut(times.subarray(begin, end), values.subarray(begin, end));
}
