import type { LineColour } from '../../../parts/chart/line-chart.js';
import { nameOfField } from '../numbers/find-numbers.js';
import type { PlotData } from '../numbers/plot-data.js';

/** Lines of one plot: each has a colour of its own. */
export const MOST_LINES = 6;

/** Lines that are shown before the user has chosen any. */
const FIRST_LINES = 3;

/** Numbers from here on are likely times or counters of nanoseconds, which would make every other line flat. */
const HUGE = 1e9;

/** One line of a plot: a field of a stream. */
export interface PlottedLine {
  readonly stream: string;
  /** JSON pointer of the field. */
  readonly field: string;
  readonly name: string;
  readonly colour: LineColour;
}

/** Tells lines apart in an address: names of streams have no slash, and pointers begin with one. */
export function keyOfLine(stream: string, field: string): string {
  return stream + field;
}

/** The lines that are chosen; without a choice some of those that were found. */
export function linesOf(data: PlotData, chosen: readonly string[] | undefined): PlottedLine[] {
  const isOne = data.streams.size === 1;
  const keys = chosen ?? firstKeys(data);
  const lines: PlottedLine[] = [];
  for (const key of keys.slice(0, MOST_LINES)) {
    const slash = key.indexOf('/');
    const name = slash < 0 ? key : key.slice(0, slash);
    const field = slash < 0 ? '' : key.slice(slash);
    // An address of one stream need not repeat its name.
    const stream = name === '' && isOne ? [...data.streams.keys()][0]! : name;
    if (!data.streams.has(stream)) continue;
    const text = nameOfField(field);
    const colour = ((lines.length % MOST_LINES) + 1) as LineColour;
    lines.push({ stream, field, name: isOne ? text : `${stream} ${text}`, colour });
  }
  return lines;
}

function firstKeys(data: PlotData): string[] {
  const all = [...data.streams].flatMap(([stream, { samples }]) => {
    const fields = samples.fields;
    const likely = fields.filter((field) => !isHuge(samples.valuesOf(field)!));
    return (likely.length > 0 ? likely : fields)
      .slice(0, data.streams.size > 1 ? 1 : FIRST_LINES)
      .map((field) => keyOfLine(stream, field));
  });
  return all.slice(0, MOST_LINES);
}

function isHuge(values: Float64Array): boolean {
  const last = values.findLast((value) => !Number.isNaN(value));
  return last !== undefined && Math.abs(last) >= HUGE;
}
