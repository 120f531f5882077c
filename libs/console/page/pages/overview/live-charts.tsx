import { bytes, rate, shortCount } from '../../parts/formats/format.js';
import { type ChartLine, LineChart, type LineColour } from '../../parts/chart/line-chart.js';
import { type FigureSection, SOCKETS, type ShownFigure } from './figures.js';
import { type Recording, valuesOf } from './recording.js';

/** The colours that there are. */
const COLOURS = 6;

interface ChartSpec {
  readonly title: string;
  readonly format: (value: number) => string;
  /** Names of the lines, and families they are of. */
  readonly lines: readonly (readonly [name: string, family: string])[];
}

const CHARTS: readonly ChartSpec[] = [
  {
    title: 'Entries a second',
    format: rate,
    lines: [
      ['In', 'millrace_stream_entries_in_total'],
      ['Out', 'millrace_stream_entries_out_total'],
    ],
  },
  {
    title: 'Bytes a second',
    format: (value) => `${bytes(value)}/s`,
    lines: [
      ['In', 'millrace_stream_bytes_in_total'],
      ['Out', 'millrace_stream_bytes_out_total'],
    ],
  },
  {
    title: 'Processor, of one core',
    format: (value) => `${shortCount(value * 100)} %`,
    lines: [['Used', 'process_cpu_seconds_total']],
  },
];

interface LiveChartsProps {
  readonly recording: Recording;
  readonly sections: readonly FigureSection[];
}

/** The figures that say most, as lines over the last quarter of an hour. */
export function LiveCharts({ recording, sections }: LiveChartsProps) {
  const { times } = recording;
  const sockets = sections.find(({ name }) => name === SOCKETS)?.figures ?? [];
  return (
    <div class="live-charts">
      {CHARTS.map(({ title, format, lines }) => {
        const known = lines.flatMap(([name, family], index): ChartLine[] => {
          const values = valuesOf(recording, family);
          return values ? [{ name, values, colour: colourOf(index) }] : [];
        });
        return known.length > 0 && <ChartCard key={title} title={title} times={times} lines={known} format={format} />;
      })}
      {sockets.length > 0 && (
        <ChartCard title={SOCKETS} times={times} lines={sockets.map(lineOf)} format={shortCount} />
      )}
    </div>
  );
}

interface ChartCardProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
}

function ChartCard({ title, times, lines, format }: ChartCardProps) {
  return (
    <section class="card stack" aria-label={title}>
      <h2>{title}</h2>
      <LineChart label={title} times={times} lines={lines} format={format} height={160} />
    </section>
  );
}

function lineOf({ name, values }: ShownFigure, index: number): ChartLine {
  return { name, values, colour: colourOf(index) };
}

function colourOf(index: number): LineColour {
  return ((index % COLOURS) + 1) as LineColour;
}
