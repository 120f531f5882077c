/** Number of a colour of the tokens, `--line-1` to `--line-6`. */
export type LineColour = 1 | 2 | 3 | 4 | 5 | 6;

/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** One for each time. `null` is a hole; where it is undefined, the line has no point, and goes on from one neighbour to the other. */
  readonly values: ArrayLike<number | null | undefined>;
  readonly colour: LineColour;
}

/** A span of time, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The number of the last time at which a line has a value; undefined when it has none. */
export function lastPlace({ values }: ChartLine): number | undefined {
  for (let place = values.length - 1; place >= 0; place -= 1) if (typeof values[place] === 'number') return place;
  return undefined;
}
