import type { TimeRange } from '../../../parts/chart/line-chart.js';
import type { PlottedLine } from '../choice/plotted-line.js';
import { placeOf } from '../../../parts/formats/place-of.js';
import type { PlotData } from './plot-data.js';

/** What is shown as a table: one row for each entry, by their times, with a column for each line. */
export function csvOf(data: PlotData, lines: readonly PlottedLine[], { from, to }: TimeRange): string {
  const rows: { readonly time: number; readonly cells: readonly string[] }[] = [];
  for (const [stream, { samples }] of data.streams) {
    const { times } = samples;
    const columns = lines.map((line) => (line.stream === stream ? samples.valuesOf(line.field) : undefined));
    if (columns.every((column) => column === undefined)) continue;
    for (let place = placeOf(times, from); place < times.length && times[place]! <= to; place += 1) {
      const cells = columns.map((column) => numberText(column?.[place]));
      if (cells.some(Boolean)) rows.push({ time: times[place]!, cells: [stream, ...cells] });
    }
  }
  rows.sort((left, right) => left.time - right.time);
  const head = ['time', 'stream', ...lines.map(({ name }) => name)];
  const body = rows.map(({ time, cells }) => [new Date(time).toISOString(), ...cells]);
  return [head, ...body].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function numberText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
