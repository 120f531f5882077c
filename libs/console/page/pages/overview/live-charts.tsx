import { bytes, count, rate } from '../../parts/format.js';
import { type ChartLine, LineChart, type LineColour } from '../../parts/line-chart.js';
import { type Recording, valuesOf } from './recording.js';

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
  { title: 'Live sockets', format: count, lines: [['All kinds', 'millrace_sockets']] },
  {
    title: 'Processor, of one core',
    format: (value) => `${Math.round(value * 100)} %`,
    lines: [['Used', 'process_cpu_seconds_total']],
  },
];

/** The figures that say most, as lines over the last quarter of an hour. */
export function LiveCharts({ recording }: { readonly recording: Recording }) {
  return (
    <div class="live-charts">
      {CHARTS.map(({ title, format, lines }) => {
        const known = lines.flatMap(([name, family], index): ChartLine[] => {
          const values = valuesOf(recording, family);
          return values ? [{ name, values, colour: (index + 1) as LineColour }] : [];
        });
        if (known.length === 0) return null;
        return (
          <section key={title} class="card stack" aria-label={title}>
            <h2>{title}</h2>
            <LineChart label={title} times={recording.times} lines={known} format={format} height={160} />
          </section>
        );
      })}
    </div>
  );
}
